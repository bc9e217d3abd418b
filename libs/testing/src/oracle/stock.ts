import type { StockCount } from '#contracts';
import type { Book } from './book.js';

/** Product -> units left of it at an instant; of a product without a count nothing is known. */
export function stockAt({ sales }: Book, counts: Iterable<StockCount>, at: number): Map<string, bigint> {
  const newest = new Map<string, { since: number; units: number }>();
  for (const { productId, countedAt, units } of counts) {
    const since = Date.parse(countedAt);
    if (units !== null && since <= at && since > (newest.get(productId)?.since ?? -Infinity)) newest.set(productId, { since, units });
  }
  const left = new Map([...newest].map(([product, { units }]) => [product, BigInt(units)]));
  for (const sale of sales) {
    for (const { product, quantity } of sale.lines) {
      const since = newest.get(product)?.since ?? Infinity;
      if (sale.at > since && sale.at <= at) left.set(product, (left.get(product) ?? 0n) - quantity);
    }
  }
  return left;
}
