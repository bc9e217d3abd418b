/** When to order a product, up to how much, and how much now; whole units. */
export interface Reorder {
  readonly reorderPoint: number;
  readonly orderUpTo: number;
  /** Null where the stock is not known. */
  readonly orderQuantity: number | null;
}

/**
 * Periodic review with a reorder point, (R, s, S): Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains (2017),
 * 6.3. `s` lasts until the delivery, `S` until the one after, each with the chance of the service level; at or below `s` it is filled up
 * to `S`. Both are quantiles of the sums themselves, not of a normal distribution about their mean: sales that come in lumps have none.
 * @param untilDelivered quantile of the units sold until an order placed now is there
 * @param untilNextDelivered the same quantile until the delivery after that
 * @param stock whole units, below zero where more was sold than was there; undefined where nobody counted it
 */
export function reorderOf(untilDelivered: number, untilNextDelivered: number, stock: number | undefined): Reorder {
  const reorderPoint = Math.ceil(untilDelivered);
  const orderUpTo = Math.max(Math.ceil(untilNextDelivered), reorderPoint);
  return { reorderPoint, orderUpTo, orderQuantity: stock === undefined ? null : stock > reorderPoint ? 0 : orderUpTo - stock };
}
