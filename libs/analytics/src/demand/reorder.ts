/** When to order a product, and up to how much; whole units. */
export interface Reorder {
  readonly reorderPoint: number;
  readonly orderUpTo: number;
}

/**
 * Periodic review with a reorder point, (R, s, S): Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains (2017),
 * 6.3. `s` lasts until the delivery, `S` until the one after, each with the chance of the service level. Both are quantiles of the sums
 * themselves, not of a normal distribution about their mean: sales that come in lumps have none.
 * @param untilDelivered quantile of the units sold until an order placed now is there
 * @param untilNextDelivered the same quantile until the delivery after that
 */
export function reorderOf(untilDelivered: number, untilNextDelivered: number): Reorder {
  const reorderPoint = Math.ceil(untilDelivered);
  return { reorderPoint, orderUpTo: Math.max(Math.ceil(untilNextDelivered), reorderPoint) };
}
