/** Subcategories of each category, in the order of `categories`, each with what its products are called. */
export const assortment: readonly (readonly (readonly [subcategory: string, nouns: readonly string[]])[])[] = [
  [
    ['Audio', ['Headphones', 'Speaker', 'Soundbar', 'Turntable']],
    ['Computers', ['Laptop', 'Monitor', 'Keyboard', 'Mouse']],
    ['Phones', ['Phone', 'Charger', 'Power Bank', 'Case']],
    ['Photo', ['Camera', 'Lens', 'Tripod']],
  ],
  [
    ['Women', ['Dress', 'Blouse', 'Coat', 'Skirt']],
    ['Men', ['Shirt', 'Jacket', 'Trousers', 'Sweater']],
    ['Shoes', ['Boots', 'Sneakers', 'Loafers']],
    ['Accessories', ['Belt', 'Scarf', 'Bag', 'Hat']],
  ],
  [
    ['Furniture', ['Chair', 'Table', 'Shelf', 'Sofa']],
    ['Kitchen', ['Pan', 'Knife Set', 'Kettle', 'Blender']],
    ['Textiles', ['Towels', 'Curtain', 'Bed Linen', 'Rug']],
    ['Light', ['Lamp', 'Lantern', 'Ceiling Light']],
  ],
  [
    ['Skin', ['Cream', 'Serum', 'Cleanser']],
    ['Hair', ['Shampoo', 'Conditioner', 'Hair Dryer']],
    ['Fragrance', ['Perfume', 'Cologne', 'Candle']],
  ],
  [
    ['Fitness', ['Dumbbells', 'Yoga Mat', 'Rowing Machine']],
    ['Outdoor', ['Tent', 'Backpack', 'Sleeping Bag']],
    ['Cycling', ['Bicycle', 'Helmet', 'Bike Light']],
  ],
  [
    ['Building', ['Brick Set', 'Train Set', 'Puzzle']],
    ['Games', ['Board Game', 'Card Game', 'Chess Set']],
    ['Dolls', ['Doll', 'Teddy Bear', 'Doll House']],
  ],
  [
    ['Fiction', ['Novel', 'Short Stories', 'Thriller']],
    ['Non-fiction', ['Cookbook', 'Biography', 'Travel Guide']],
    ['Children', ['Picture Book', 'Fairy Tales', 'Atlas']],
  ],
  [
    ['Drinks', ['Coffee', 'Tea', 'Wine', 'Juice']],
    ['Pantry', ['Olive Oil', 'Pasta', 'Honey', 'Spices']],
    ['Sweets', ['Chocolate', 'Biscuits', 'Nougat']],
  ],
  [
    ['Tools', ['Spade', 'Lawn Mower', 'Shears']],
    ['Plants', ['Rose', 'Olive Tree', 'Herb Box']],
    ['Patio', ['Bench', 'Grill', 'Parasol']],
  ],
  [
    ['Parts', ['Brake Pads', 'Battery', 'Wiper Blades']],
    ['Care', ['Car Polish', 'Vacuum', 'Car Shampoo']],
    ['Equipment', ['Roof Box', 'Child Seat', 'Jump Starter']],
  ],
];

export const returnReasons = ['does not fit', 'not as described', 'defective', 'changed mind', 'arrived late'] as const;
export const returnReasonWeights = [0.34, 0.24, 0.18, 0.17, 0.07] as const;
export const channels = ['web', 'app', 'marketplace', 'store'] as const;
export const channelWeights = [0.46, 0.33, 0.15, 0.06] as const;
export const acquisitionChannels = ['organic search', 'paid search', 'social', 'referral', 'email', 'affiliate'] as const;
export const acquisitionWeights = [0.34, 0.22, 0.19, 0.12, 0.08, 0.05] as const;
export const campaignChannels = ['email', 'search', 'social', 'display'] as const;
