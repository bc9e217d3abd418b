import type { HeadlineFigures, SummaryFigures } from '#contracts';
import type { KpiMember, KpiSums } from '#warehouse';
import { amountText, ratioText, toMicros } from './money.js';

/** Sums as numbers that can be added and divided: money in millionths. */
export interface Sums {
  readonly gross: bigint;
  readonly discounts: bigint;
  readonly returns: bigint;
  readonly orders: bigint;
  readonly returnedOrders: bigint;
  readonly units: bigint;
  readonly buyers: bigint;
}

export const noSums: Sums = { gross: 0n, discounts: 0n, returns: 0n, orders: 0n, returnedOrders: 0n, units: 0n, buyers: 0n };

export function sumsOf(row: KpiSums): Sums {
  return {
    gross: toMicros(row.gross),
    discounts: toMicros(row.discounts),
    returns: toMicros(row.returns),
    orders: BigInt(row.orders),
    returnedOrders: BigInt(row.returned_orders),
    units: BigInt(row.units),
    buyers: BigInt(row.buyers),
  };
}

/** Sums of all members, which every row of a breakdown carries; nothing when there is no row. */
export function totalOf(row: KpiMember | undefined): Sums {
  if (!row) return noSums;
  return sumsOf({
    gross: row.total_gross,
    discounts: row.total_discounts,
    returns: row.total_returns,
    orders: row.total_orders,
    returned_orders: row.total_returned_orders,
    units: row.total_units,
    buyers: '0',
  });
}

/** Takes off what may be taken off. Buyers are people, not amounts: what is left of a set is no difference of counts. */
export function subtract(a: Sums, b: Sums): Sums {
  return {
    gross: a.gross - b.gross,
    discounts: a.discounts - b.discounts,
    returns: a.returns - b.returns,
    orders: a.orders - b.orders,
    returnedOrders: a.returnedOrders - b.returnedOrders,
    units: a.units - b.units,
    buyers: 0n,
  };
}

export function netOf(sums: Sums): bigint {
  return sums.gross - sums.discounts - sums.returns;
}

/** The figures that add up. */
export function additive(sums: Sums) {
  return {
    grossSales: amountText(sums.gross),
    discounts: amountText(sums.discounts),
    returns: amountText(sums.returns),
    netSales: amountText(netOf(sums)),
    orders: Number(sums.orders),
    units: Number(sums.units),
  };
}

/** Average order values, from sums. */
export function averages(sums: Sums) {
  const millionths = 1_000_000n;
  return {
    aovGross: ratioText(sums.gross, sums.orders * millionths),
    aovNet: ratioText(netOf(sums), sums.orders * millionths),
  };
}

/** The figures of a range that follow from the shop's totals. */
export function headlineOf(sums: Sums): HeadlineFigures {
  return {
    ...additive(sums),
    buyers: Number(sums.buyers),
    ...averages(sums),
    returnRate: ratioText(sums.returns, sums.gross),
    returnedOrderRate: ratioText(sums.returnedOrders, sums.orders),
  };
}

/** Those, and what follows from the customers' lives. */
export function summaryOf(sums: Sums, customers: { newBuyers: number; once: number; again: number }): SummaryFigures {
  return {
    ...headlineOf(sums),
    repeatRate: ratioText(BigInt(customers.again), BigInt(customers.once)),
    newBuyers: customers.newBuyers,
    returningBuyers: Number(sums.buyers) - customers.newBuyers,
  };
}

/** How each figure moved against an earlier one. A rate's change is in its own unit; relative to nothing it is null. */
export function changeOf<F extends HeadlineFigures>(now: F, before: F): Record<string, { absolute: string | null; ratio: string | null }> {
  return Object.fromEntries(
    Object.entries<string | number | null>(now).map(([name, value]): [string, { absolute: string | null; ratio: string | null }] => {
      const earlier = (before as Record<string, string | number | null>)[name] ?? null;
      if (value === null || earlier === null) return [name, { absolute: null, ratio: null }];
      const [a, b] = [toMicros(String(value)), toMicros(String(earlier))];
      const absolute = typeof value === 'number' ? String(value - Number(earlier)) : amountText(a - b);
      return [name, { absolute, ratio: ratioText(a - b, b) }];
    }),
  );
}
