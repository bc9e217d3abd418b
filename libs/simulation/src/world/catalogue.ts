import { assortment } from '../law/assortment.data.js';
import { categories, elasticity, priceMove, productZipf, weeklyMovers } from '../law/constants.data.js';
import type { Profile } from '../law/profiles.js';
import { exp, power } from '../random/exact-math.js';
import type { Names } from '../random/names.js';
import { Stream } from '../random/stream.js';
import { productId } from './ids.js';

export interface Product {
  readonly id: string;
  readonly index: number;
  readonly name: string;
  readonly category: number;
  readonly subcategory: string;
  readonly brand: string;
  /** Cents. */
  readonly cost: number;
  /** Cents. */
  readonly listPrice: number;
  /** Zipf weight of its popularity in its category. */
  readonly popularity: number;
  /** Cents, now. */
  price: number;
  /** Popularity as it stands at this price. */
  demand: number;
  revision: number;
}

const brandsPerCategory = 12;
/** List prices stand so that lines of the drawn values find a product near them. */
const centreOfPrices = 0.47;
const spreadOfPrices = 1.05;

/** The shop's products and their prices, which move week by week. The state is the prices as of the last week applied. */
export class Catalogue {
  readonly products: readonly Product[];
  /** Of each category, by list price. */
  readonly #shelves: readonly (readonly Product[])[];

  constructor(
    private readonly seed: number,
    profile: Profile,
    names: Names,
  ) {
    const weights = categories.map(({ weight }) => weight);
    const brands = categories.map((_, category) =>
      Array.from({ length: brandsPerCategory }, (_, brand) => names.brand(new Stream(seed, 'product', category, 1 + brand))),
    );
    const counts = categories.map(() => 0);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.products = Array.from({ length: profile.products }, (_, index) => {
      // Categories by largest remainder: each has its share however few products there are, the first ones come first.
      const category = weights.reduce((best, weight, each) => {
        const due = (weight / total) * (index + 1) - (counts[each] ?? 0);
        return due > ((weights[best] ?? 0) / total) * (index + 1) - (counts[best] ?? 0) ? each : best;
      }, 0);
      const rank = (counts[category] = (counts[category] ?? 0) + 1);
      const random = new Stream(seed, 'product', index);
      const [subcategory, nouns] = random.pick(assortment[category] ?? []);
      const noun = random.pick(nouns);
      const centre = profile.median * (categories[category]?.valueFactor ?? 1) * centreOfPrices;
      const listPrice = Math.max(99, Math.round(centre * exp(spreadOfPrices * random.normal())) * 100 - 1);
      const popularity = power(rank, -productZipf);
      return {
        id: productId(index),
        index,
        name: names.product(random, noun),
        category,
        subcategory,
        brand: random.pick(brands[category] ?? []),
        listPrice,
        cost: Math.max(1, Math.round(listPrice * (0.45 + 0.25 * random.uniform()))),
        popularity,
        price: listPrice,
        demand: popularity,
        revision: 1,
      };
    });
    this.#shelves = categories.map((_, category) =>
      this.products.filter((product) => product.category === category).sort((a, b) => a.listPrice - b.listPrice || a.index - b.index),
    );
  }

  /** Moves the prices of one week. @returns the products whose price is another now */
  reprice(week: number): Product[] {
    const moved = new Set<Product>();
    const movers = Math.round(this.products.length * weeklyMovers);
    for (let move = 0; move < movers; move += 1) {
      const random = new Stream(this.seed, 'price', week, move);
      const product = random.pick(this.products);
      const price = Math.max(1, Math.round(product.listPrice * (1 + priceMove * (2 * random.uniform() - 1))));
      if (price === product.price || moved.has(product)) continue;
      product.price = price;
      product.demand = product.popularity * power(price / product.listPrice, elasticity);
      product.revision += 1;
      moved.add(product);
    }
    return [...moved];
  }

  /** Whether the category has a product at all: a shop of few products may lack one. */
  has(category: number): boolean {
    return (this.#shelves[category]?.length ?? 0) > 0;
  }

  /** The highest list price of a category, cents. */
  dearest(category: number): number {
    return this.#shelves[category]?.at(-1)?.listPrice ?? 1;
  }

  /**
   * A product of the category near a price, by popularity and by how its price stands to its list price. Below it where there
   * is one: the units that make up the difference are then drawn without bias, which one unit of a dearer product is not.
   */
  near(category: number, cents: number, random: Stream): Product {
    const shelf = this.#shelves[category] ?? [];
    let low = 0;
    let high = shelf.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((shelf[middle]?.listPrice ?? 0) <= cents) low = middle + 1;
      else high = middle;
    }
    const breadth = Math.max(3, Math.min(12, Math.round(shelf.length * 0.06)));
    const from = Math.max(0, low - breadth);
    let total = 0;
    const to = Math.max(low, Math.min(2, shelf.length));
    for (let index = from; index < to; index += 1) total += shelf[index]?.demand ?? 0;
    let left = random.uniform() * total;
    for (let index = from; index < to; index += 1) {
      const product = shelf[index];
      left -= product?.demand ?? 0;
      if (product && left <= 0) return product;
    }
    return shelf[to - 1] ?? (this.products[0] as Product);
  }
}
