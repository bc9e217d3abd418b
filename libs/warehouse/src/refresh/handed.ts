import type { LedgerRow } from '../ledger/ledger.repository.js';
import { ledgerTables } from '../ledger/ledger-tables.js';
import type { Position } from '../positions.js';
import { instantOf } from '../watermark.repository.js';
import { sliceOf, type BucketCalendar } from './calendar.js';
import type { Row } from './fold.js';
import { microsOf, textOfMicros } from './micros.js';
import type { OrderHead } from './versions.js';

type OrderColumn = (typeof ledgerTables)['transactions.v1']['columns'][number];

/** A version of an order as the writer of this process has just put it into the ledger. */
interface HandedOrder {
  readonly row: LedgerRow;
  readonly head: OrderHead;
}

/**
 * Rows of one topic that are wholly what lies between two sets of positions, or undefined where some are missing: every offset must
 * be there once, in the epoch of its partition.
 */
export function wholly(rows: readonly LedgerRow[], from: readonly Position[], to: readonly Position[]): LedgerRow[] | undefined {
  const inside: LedgerRow[] = [];
  for (const end of to) {
    const start = from.find((each) => each.partition === end.partition);
    if (start && start.epoch !== end.epoch) return undefined;
    const first = start?.next ?? 0n;
    if (!start && end.epoch !== 1) return undefined;
    const own = new Map<bigint, LedgerRow>();
    for (const row of rows) {
      const { partition, epoch, offset } = row.envelope;
      if (partition === end.partition && epoch === end.epoch && offset >= first && offset < end.next) own.set(offset, row);
    }
    if (BigInt(own.size) !== end.next - first) return undefined;
    inside.push(...own.values());
  }
  return inside;
}

/** Versions of orders from ledger rows, as a read of the ledger would give them. */
export async function handedOrders(rows: readonly LedgerRow[], calendar: BucketCalendar): Promise<HandedOrder[]> {
  const accepted = rows.filter(({ envelope }) => envelope.verdict === 'accepted');
  const secondsOf = (row: LedgerRow): number => Math.floor(instantOf(valueOf(row, 'order_time') as string).getTime() / 1000);
  const buckets = await calendar.of(accepted.map(secondsOf));
  return accepted.map((row) => {
    const { partition, epoch, offset, entityId, revision, hash } = row.envelope;
    const starts = buckets.get(sliceOf(secondsOf(row)));
    if (!starts) throw new Error(`The calendar does not know the slice of offset ${offset}.`);
    return {
      row,
      head: {
        ...starts,
        ...{ partition, epoch, offset: offset.toString(), entity_id: entityId, revision: revision.toString(), hash, fresh: 1 },
        order_id: valueOf(row, 'order_id') as string,
        cancelled: valueOf(row, 'cancelled') as number,
        customer_id: valueOf(row, 'customer_id') as string,
        line: valueOf(row, 'lines.line') as number[],
      },
    };
  });
}

/** Columns of the rows that `salesRows` makes. */
export const salesColumns = [
  ...['slice', 'order_id', 'line', 'order_time', 'customer_key', 'product_id', 'quantity', 'unit_price', 'gross', 'discount'],
  ...['order_discount', 'shipping', 'tax', 'unit_cost', 'payment_method', 'channel', 'country', 'region', 'city', 'campaign_id'],
  ...['returned', 'generation', 'is_deleted'],
] as const;

/**
 * Rows of `fact_sales` of orders of one version without returns: what `writeSales` selects from the ledger, without asking it. Amounts
 * of the order as a whole stand on its first line.
 */
export function salesRows(orders: readonly HandedOrder[], keys: ReadonlyMap<string, number>, generation: bigint): Row[] {
  return orders
    .filter(({ head }) => head.cancelled === 0)
    .flatMap(({ row, head }) => {
      const of = <T>(column: OrderColumn): T => valueOf(row, column) as T;
      const first = Math.min(...head.line);
      const attributes = (['payment_method', 'channel', 'country', 'region', 'city', 'campaign_id'] as const).map((each) =>
        of<string>(each),
      );
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

const positionOf = new Map(ledgerTables['transactions.v1'].columns.map((column, index) => [column, index]));

function valueOf(row: LedgerRow, column: OrderColumn): unknown {
  return row.values?.[positionOf.get(column) ?? -1];
}
