import { columnsOf } from '#clickhouse';
import { attributeColumns } from '../ledger/ledger-tables.js';
import { beats } from '../beats.js';
import { DirtyBuckets } from './dirty.js';
import { microsOf, textOfMicros } from '../micros.js';
import type { OrderBody, OrderHead, Place, ReturnVersion } from './versions.js';

/** Values of one row, in the order of the table's columns. */
export type Row = readonly unknown[];

/** Of an order of several versions: the one that counts, and where any of them may have stood. */
interface ContestedOrder {
  readonly winner: OrderHead;
  readonly versions: readonly OrderHead[];
}

/** What the versions of a step come to. A pure function of them: folded again it is the same. */
export interface Folded {
  /** Orders that have more than this one version, by order id. All others count as they are, unless cancelled. */
  readonly contested: ReadonlyMap<string, ContestedOrder>;
  /** Orders that only their returns touched: one version, known before, not cancelled. */
  readonly unmoved: readonly OrderHead[];
  /** Orders with a live return. */
  readonly returned: ReadonlySet<string>;
  readonly returns: readonly FoldedReturn[];
  /** Buckets in which anything stands, stood, or may have stood. */
  readonly dirty: DirtyBuckets;
  readonly customers: ReadonlySet<string>;
}

/** A return of the step: its winner, its order if that is known, and every version. */
export interface FoldedReturn {
  readonly winner: ReturnVersion;
  readonly versions: readonly ReturnVersion[];
  readonly order: OrderHead | undefined;
  /** Versions of every order that any version of the return names. */
  readonly named: readonly OrderHead[];
  /** Refunded, and its order not cancelled. */
  readonly live: boolean;
  /** Refunded, but its order is cancelled: it counts in no figure and stands as a data-quality row. */
  readonly leftOut: boolean;
}

export function foldVersions(orderVersions: readonly OrderHead[], returnVersions: readonly ReturnVersion[]): Folded {
  const dirty = new DirtyBuckets();
  const customers = new Set<string>();
  const contested = new Map<string, ContestedOrder>();
  const unmoved: OrderHead[] = [];
  const orders = grouped(orderVersions, (each) => each.order_id);
  const winnerOfOrder = (orderId: string): OrderHead | undefined => contested.get(orderId)?.winner ?? orders.get(orderId)?.[0];
  for (const [orderId, versions] of orders) {
    if (versions.length > 1) contested.set(orderId, { winner: winnerOf(versions), versions });
    else unmoved.push(...versions.filter((each) => !each.fresh && !each.cancelled));
    for (const each of versions) {
      dirty.add(each);
      if (each.customer_id !== '') customers.add(each.customer_id);
    }
  }

  const touched = new Set(orderVersions.map((each) => each.entity_id));
  const byReturn = grouped(returnVersions, (each) => each.return_id);
  for (const versions of byReturn.values()) {
    if (versions.some((each) => each.fresh)) for (const each of versions) touched.add(each.entity_id);
  }
  const returned = new Set<string>();
  const returns: FoldedReturn[] = [];
  for (const versions of byReturn.values()) {
    const winner = winnerOf(versions);
    // A return whose winner names an order outside the step stands there and stays as it is.
    if (!touched.has(winner.entity_id)) continue;
    const order = winner.order_id === '' ? undefined : winnerOfOrder(winner.order_id);
    const cancelled = order !== undefined && order.cancelled !== 0;
    const refunded = winner.refunded !== 0;
    const named = [...new Set(versions.map((each) => each.order_id))].flatMap((id) => orders.get(id) ?? []);
    returns.push({ winner, versions, order, named, live: refunded && !cancelled, leftOut: refunded && cancelled });
    if (refunded && !cancelled) returned.add(winner.order_id);
    for (const each of versions) {
      if (each.refunded !== 0) dirty.add(each);
      if (each.customer_id !== '') customers.add(each.customer_id);
    }
  }
  return { contested, unmoved, returned, returns, dirty, customers };
}

/** Of versions of one entity, of which there is at least one. */
function winnerOf<V extends { readonly revision: string; readonly hash: string }>(versions: readonly V[]): V {
  return versions.reduce((best, each) => (beats(each, best) ? each : best));
}

/** Columns of the rows that `refundRows` makes. */
export const refundColumns = columnsOf({
  convention: 'String',
  slice: 'DateTime',
  return_id: 'String',
  line: 'UInt32',
  refund_time: 'DateTime64(3)',
  order_id: 'String',
  order_known: 'UInt8',
  customer_key: 'UInt32',
  product_id: 'String',
  quantity: 'UInt32',
  amount: 'Decimal(18, 6)',
  reason: 'String',
  ...attributeColumns,
  generation: 'UInt64',
  is_deleted: 'UInt8',
});

/**
 * Rows of `fact_returns`: one per line and convention where a return is live, with its order's attributes and customer where the order
 * is known; and a tombstone, one generation lower, wherever any version may have stood: at its own refund's instant, or at any instant
 * of any order that a version named.
 * @param bodies of the winners of the orders that returns name, by order id
 */
export function refundRows(
  returns: readonly FoldedReturn[],
  bodies: ReadonlyMap<string, OrderBody>,
  keys: ReadonlyMap<string, number>,
  generation: bigint,
): Row[] {
  const rows: Row[] = [];
  const tombstone = (generation - 1n).toString();
  for (const { winner, versions, order, named, live } of returns) {
    const ownSlices = new Set(versions.filter((each) => each.refunded !== 0).map((each) => each.slice_start));
    const places = { 'refund-date': ownSlices, 'order-date': new Set([...ownSlices, ...named.map((each) => each.slice_start)]) };
    for (const line of new Set(versions.flatMap((each) => each.line))) {
      for (const [convention, slices] of Object.entries(places)) {
        for (const slice of slices)
          rows.push([convention, slice, winner.return_id, line, epoch, '', 0, 0, '', 0, '0', '', ...none, tombstone, 1]);
      }
    }
    if (!live) continue;
    const body = order && bodies.get(order.order_id);
    const key = keys.get((order ?? winner).customer_id) ?? 0;
    const attributes = body ? [body.payment_method, body.channel, body.country, body.region, body.city, body.campaign_id] : none;
    winner.line.forEach((line, index) => {
      // The product of the order line that the return names, else its own.
      const at = body?.line.indexOf(winner.order_line[index] ?? 0) ?? -1;
      const product = (at >= 0 && body?.product_id[at]) || winner.product_id[index];
      for (const convention of ['refund-date', 'order-date'] as const) {
        rows.push([
          convention,
          convention === 'order-date' && order ? order.slice_start : winner.slice_start,
          winner.return_id,
          line,
          winner.refund_time,
          winner.order_id,
          order ? 1 : 0,
          key,
          product,
          winner.quantity[index],
          winner.amount[index],
          winner.reason[index],
          ...attributes,
          generation.toString(),
          0,
        ]);
      }
    });
  }
  return rows;
}

/** Places of `facts_by_customer`: month, customer key, kind, document, line. */
export type Moment = readonly [month: string, customerKey: number, kind: 'sale' | 'return', document: string, line: number];

/** Customer months that the step moves, as `2011-12-01 7`, and the timeline places of everything that has or had several versions. */
export function timelinesOf(
  folded: Folded,
  orders: readonly OrderHead[],
  keys: ReadonlyMap<string, number>,
): { months: Set<string>; former: Moment[] } {
  const months = new Set<string>();
  const former: Moment[] = [];
  const keyOf = (customerId: string): number => keys.get(customerId) ?? 0;
  for (const order of orders) {
    const key = keyOf(order.customer_id);
    if (key === 0) continue;
    months.add(`${order.month} ${key}`);
    if (folded.contested.has(order.order_id)) for (const line of order.line) former.push([order.month, key, 'sale', order.order_id, line]);
  }
  for (const { versions, named } of folded.returns) {
    // With its own customer, or with any that an order it named had.
    const customers = new Set([...versions, ...named].map((each) => keyOf(each.customer_id)).filter((key) => key !== 0));
    const lines = new Set(versions.flatMap((each) => each.line));
    for (const month of new Set(versions.filter((each) => each.refunded !== 0).map((each) => each.month))) {
      for (const key of customers) {
        months.add(`${month} ${key}`);
        for (const line of lines) former.push([month, key, 'return', versions[0]?.return_id ?? '', line]);
      }
    }
  }
  return { months, former };
}

/** Columns of the rows that `leftOutRows` makes. */
export const leftOutColumns = columnsOf({
  return_id: 'String',
  order_id: 'String',
  amount: 'Decimal(38, 6)',
  reason: 'String',
  generation: 'UInt64',
  is_deleted: 'UInt8',
});

/** Rows of `fact_returns_left_out`: refunds of cancelled orders, and a tombstone for every other return of the step. */
export function leftOutRows(returns: readonly FoldedReturn[], generation: bigint): Row[] {
  return returns.map(({ winner, leftOut }) => [
    winner.return_id,
    winner.order_id,
    leftOut ? textOfMicros(winner.amount.reduce((sum, text) => sum + microsOf(text), 0n)) : '0',
    'order cancelled',
    generation.toString(),
    leftOut ? 0 : 1,
  ]);
}

/** Where the orders of the step's winning versions stand in the ledger, for returns that take over their attributes. */
export function placesOfOrders(returns: readonly FoldedReturn[]): Place[] {
  const places = new Map<string, Place>();
  for (const { live, order } of returns) if (live && order) places.set(order.order_id, order);
  return [...places.values()];
}

const epoch = '1970-01-01 00:00:00.000';
const none = ['', '', '', '', '', ''] as const;

function grouped<V>(rows: readonly V[], keyOf: (row: V) => string): Map<string, V[]> {
  const groups = new Map<string, V[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}
