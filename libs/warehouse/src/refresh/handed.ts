import { columnsOf } from '#clickhouse';
import { attributeColumns, type LedgerColumn, type LedgerRow } from '../ledger/ledger-tables.js';
import { valueOf } from '../ledger/ledger-values.js';
import { instantOf } from '../watermark.repository.js';
import { sliceOf, type BucketCalendar } from './calendar.js';
import { grains, type BucketStarts } from './dirty.js';
import type { Row } from './fold.js';
import type { Addition } from './headline.js';
import { microsOf, textOfMicros } from '../micros.js';
import type { Names } from './placed.js';
import type { OrderHead } from './versions.js';

type OrderColumn = LedgerColumn<'transactions.v1'>;

const own = (row: LedgerRow, column: OrderColumn): unknown => valueOf('transactions.v1', row, column);

/** A version of an order as the writer of this process has just put it into the ledger. */
interface HandedOrder {
  readonly row: LedgerRow;
  readonly head: OrderHead;
}

/** Versions of orders from ledger rows, as a read of the ledger would give them. */
export async function handedOrders(rows: readonly LedgerRow[], calendar: BucketCalendar): Promise<HandedOrder[]> {
  const accepted = rows.filter(({ envelope }) => envelope.verdict === 'accepted');
  const seconds = accepted.map((row) => Math.floor(instantOf(own(row, 'order_time') as string).getTime() / 1000));
  const buckets = await calendar.of(seconds);
  return accepted.map((row, index) => {
    const { partition, epoch, offset, entityId, revision, hash } = row.envelope;
    const starts = buckets.get(sliceOf(seconds[index] ?? 0));
    if (!starts) throw new Error(`The calendar does not know the slice of offset ${offset}.`);
    return {
      row,
      head: {
        // Field by field: spreading another object into each of thousands takes ten times as long.
        slice_start: starts.slice_start,
        minute_start: starts.minute_start,
        hour_start: starts.hour_start,
        day_start: starts.day_start,
        month_start: starts.month_start,
        month: starts.month,
        partition,
        epoch,
        offset: offset.toString(),
        entity_id: entityId,
        revision: revision.toString(),
        hash,
        fresh: 1,
        order_id: own(row, 'order_id') as string,
        cancelled: own(row, 'cancelled') as number,
        customer_id: own(row, 'customer_id') as string,
        line: own(row, 'lines.line') as number[],
      },
    };
  });
}

const attributeNames = Object.keys(attributeColumns) as (keyof typeof attributeColumns)[];

/** Columns of the rows that `salesRows` makes. */
export const salesColumns = columnsOf({
  slice: 'DateTime',
  order_id: 'String',
  line: 'UInt32',
  order_time: 'DateTime64(3)',
  customer_key: 'UInt32',
  product_id: 'String',
  quantity: 'UInt32',
  unit_price: 'Decimal(18, 6)',
  gross: 'Decimal(38, 6)',
  discount: 'Decimal(18, 6)',
  order_discount: 'Decimal(18, 6)',
  shipping: 'Decimal(18, 6)',
  tax: 'Decimal(18, 6)',
  unit_cost: 'Nullable(Decimal(18, 6))',
  ...attributeColumns,
  returned: 'UInt8',
  generation: 'UInt64',
  is_deleted: 'UInt8',
});

/**
 * Rows of `fact_sales` of orders of one version without returns: what `writeSales` selects from the ledger, without asking it. Amounts
 * of the order as a whole stand on its first line.
 */
export function salesRows(orders: readonly HandedOrder[], keys: ReadonlyMap<string, number>, generation: bigint): Row[] {
  return orders
    .filter(({ head }) => head.cancelled === 0)
    .flatMap(({ row, head }) => {
      const of = <T>(column: OrderColumn): T => own(row, column) as T;
      const first = Math.min(...head.line);
      const attributes = attributeNames.map((each) => of<string>(each));
      const [products, quantities] = [of<string[]>('lines.product_id'), of<number[]>('lines.quantity')];
      const [prices, discounts] = [of<string[]>('lines.unit_price'), of<string[]>('lines.discount')];
      const costs = of<(string | null)[]>('lines.unit_cost');
      return head.line.map((line, index) => [
        head.slice_start,
        head.order_id,
        line,
        of<string>('order_time'),
        keys.get(head.customer_id) ?? 0,
        products[index],
        quantities[index],
        prices[index],
        textOfMicros(microsOf(prices[index] ?? '0') * BigInt(quantities[index] ?? 0)),
        discounts[index],
        ...(['order_discount', 'shipping', 'tax'] as const).map((amount) => (line === first ? of<string>(amount) : '0')),
        costs[index],
        ...attributes,
        0,
        generation.toString(),
        0,
      ]);
    });
}

/** What comes to one bucket. */
class Sum {
  gross = 0n;
  discounts = 0n;
  orders = 0;
  units = 0n;
  readonly customerKeys = new Set<number>();

  add(other: Sum): void {
    this.gross += other.gross;
    this.discounts += other.discounts;
    this.orders += other.orders;
    this.units += other.units;
    for (const key of other.customerKeys) this.customerKeys.add(key);
  }
}

/** What orders of one version without returns add to the headline's buckets, all grains. */
export function additionsOf(orders: readonly HandedOrder[], keys: ReadonlyMap<string, number>): Addition[] {
  // First by slice, of which there are few: each one's coarser buckets are those of all its orders.
  const slices = new Map<number, { readonly starts: BucketStarts; readonly sum: Sum }>();
  for (const { row, head } of orders) {
    if (head.cancelled !== 0) continue;
    let slice = slices.get(head.slice_start);
    if (!slice) slices.set(head.slice_start, (slice = { starts: head, sum: new Sum() }));
    const { sum } = slice;
    const [prices, discounts] = [own(row, 'lines.unit_price') as string[], own(row, 'lines.discount') as string[]];
    for (const [index, quantity] of (own(row, 'lines.quantity') as number[]).entries()) {
      sum.gross += microsOf(prices[index] ?? '0') * BigInt(quantity);
      sum.units += BigInt(quantity);
    }
    for (const discount of discounts) sum.discounts += microsOf(discount);
    sum.discounts += microsOf(own(row, 'order_discount') as string);
    sum.orders += 1;
    const key = keys.get(head.customer_id) ?? 0;
    if (key !== 0) sum.customerKeys.add(key);
  }
  return grains.flatMap((grain) => {
    const buckets = new Map<number, Sum>();
    for (const { starts, sum } of slices.values()) {
      const start = starts[`${grain}_start`];
      let bucket = buckets.get(start);
      if (!bucket) buckets.set(start, (bucket = new Sum()));
      bucket.add(sum);
    }
    return [...buckets].map(([start, { gross, discounts, orders: count, units, customerKeys }]) => ({
      ...{ grain, start, gross: textOfMicros(gross), discounts: textOfMicros(discounts), orders: count, units: units.toString() },
      customerKeys: [...customerKeys],
    }));
  });
}

/** What orders name in the dimensions. */
export function namesOf(orders: readonly HandedOrder[]): Names {
  const each = (column: OrderColumn): string[] => orders.flatMap(({ row }) => own(row, column) as string | string[]);
  const present = (names: readonly string[]): string[] => names.filter((name) => name !== '');
  return {
    customers: present(each('customer_id')),
    products: present(each('lines.product_id')),
    campaigns: present(each('campaign_id')),
    geography: orders.map(({ row }) => JSON.stringify((['country', 'region', 'city'] as const).map((column) => own(row, column)))),
  };
}
