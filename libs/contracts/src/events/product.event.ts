import { z } from 'zod';
import { event } from '../envelope.js';
import { currency, id, label, money, revision, wholeSecond } from '../primitives.js';

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

/** Leaves room for the instant in the subject of a count. */
const countedProductId = id.max(170);

/** What lay in stock of a product at an instant; an entity of its own, `<productId>/<countedAt>`. */
export const stockCount = z.looseObject({
  productId: countedProductId,
  countedAt: wholeSecond,
  revision,
  units: z.int().min(0).max(2_147_483_647).nullable().describe('Units that were there; null takes the count back'),
});

export const productListed = event('tideline.product.listed.v1', product);
export const productUpdated = event('tideline.product.updated.v1', product);
export const stockCounted = event('tideline.product.stock-counted.v1', stockCount);
export type StockCount = z.infer<typeof stockCount>;
export type Product = z.infer<typeof product>;
