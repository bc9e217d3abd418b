import { z } from 'zod';
import { event } from '../envelope.js';
import { currency, id, label, money, revision } from '../primitives.js';

/** Full state of a product. `cost` stands in where an order line carries no unit cost. */
export const product = z.looseObject({
  productId: id,
  revision,
  sku: label.nullish(),
  name: label.nullish(),
  category: label.nullish(),
  subcategory: label.nullish(),
  brand: label.nullish(),
  cost: money.nullish(),
  price: money.nullish(),
  currency,
});

export const productListed = event('tideline.product.listed.v1', product);
export const productUpdated = event('tideline.product.updated.v1', product);
export type Product = z.infer<typeof product>;
