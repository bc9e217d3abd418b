import type { Order } from '#contracts';
import type { WorldEvent } from './event-maker.js';

/** What a history looks like from outside. */
export interface Shape {
  customers: number;
  products: number;
  campaigns: number;
  buyers: number;
  orders: number;
  returns: number;
  /** Gross sales, in units of the currency. */
  revenue: number;
  /** Share of buyers who order k calendar months after their first month, by k; cells beyond the history are left out. */
  retention: number[];
}

const months = 24;

/** Months since the world's first. */
export function monthOf(instant: Date): number {
  return (instant.getUTCFullYear() - 2024) * 12 + instant.getUTCMonth();
}

/** @param lives months in which each buyer ordered, in order @returns by age in months, from 0 to 23 */
export function retentionOf(lives: Iterable<readonly number[]>): number[] {
  const came = new Array<number>(months).fill(0);
  const firsts = new Array<number>(months).fill(0);
  for (const life of lives) {
    const first = life[0] ?? 0;
    firsts[first] = (firsts[first] ?? 0) + 1;
    for (const month of new Set(life)) came[month - first] = (came[month - first] ?? 0) + 1;
  }
  return came.map((count, age) => count / firsts.slice(0, months - age).reduce((sum, each) => sum + each, 0));
}

/** Folds a history of two years into its shape. Floats: it is looked at, not counted with. */
export function shapeOf(events: Iterable<WorldEvent>): Shape {
  const shape: Shape = { customers: 0, products: 0, campaigns: 0, buyers: 0, orders: 0, returns: 0, revenue: 0, retention: [] };
  const lives = new Map<string, number[]>();
  for (const { topic, value } of events) {
    const { type, data } = JSON.parse(value) as { type: string; data: unknown };
    if (type === 'tideline.customer.registered.v1') shape.customers += 1;
    else if (type === 'tideline.product.listed.v1') shape.products += 1;
    else if (type === 'tideline.campaign.started.v1') shape.campaigns += 1;
    else if (type === 'tideline.return.refunded.v1') shape.returns += 1;
    if (topic !== 'transactions.v1') continue;
    const order = data as Order;
    shape.orders += 1;
    for (const { quantity, unitPrice } of order.lines) shape.revenue += quantity * Number(unitPrice);
    const month = monthOf(new Date(order.orderedAt));
    const life = lives.get(order.customerId ?? '');
    if (life) life.push(month);
    else lives.set(order.customerId ?? '', [month]);
  }
  shape.buyers = lives.size;
  shape.retention = retentionOf(lives.values());
  return shape;
}
