import type { CustomerFigures } from './customers.js';
import { netOf } from './customers.js';
import { addMonths, monthsBetween, type LocalTime } from './local-time.js';
import type { Micros } from './money.js';

/** One cohort in one month of its life. */
export interface CohortCell {
  /** First date of the month in which these customers first ordered, in the shop's zone. */
  readonly cohort: string;
  /** Months since. */
  readonly age: number;
  /** Size of the cohort. */
  readonly customers: number;
  /** Those with an order in this month. */
  readonly active: number;
  readonly orders: number;
  /** Refunds at the month of the refund. */
  readonly netSales: Micros;
  /** The clock has passed the month. */
  readonly complete: boolean;
}

/**
 * The cohort matrix. A cell exists where a customer of the cohort ordered or was paid back; what was paid back before the
 * first order lies before the cohort and is in no cell.
 */
export function cohortMatrix(
  months: ReadonlyMap<string, ReadonlyMap<string, CustomerFigures>>,
  time: LocalTime,
  clock: number,
): CohortCell[] {
  const members = new Map<string, string[]>();
  for (const [customer, own] of months) {
    const firstOrders = [...own.values()].flatMap(({ firstOrder }) => firstOrder ?? []);
    if (firstOrders.length === 0) continue;
    const cohort = time.monthOf(Math.min(...firstOrders));
    const group = members.get(cohort);
    if (group) group.push(customer);
    else members.set(cohort, [customer]);
  }

  const cells: CohortCell[] = [];
  for (const [cohort, customers] of members) {
    const active = new Set(customers.flatMap((customer) => [...(months.get(customer)?.keys() ?? [])]).filter((month) => month >= cohort));
    for (const month of active) {
      const figures = customers.flatMap((customer) => months.get(customer)?.get(month) ?? []);
      cells.push({
        cohort,
        age: monthsBetween(cohort, month),
        customers: customers.length,
        active: figures.filter(({ orders }) => orders > 0).length,
        orders: figures.reduce((sum, { orders }) => sum + orders, 0),
        netSales: figures.reduce((sum, each) => sum + netOf(each), 0n),
        complete: addMonths(month, 1) <= time.dateOf(clock),
      });
    }
  }
  return cells;
}
