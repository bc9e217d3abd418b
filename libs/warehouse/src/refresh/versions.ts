import { sql, type Sql } from '#clickhouse';
import { bucketColumns, type BucketStarts } from './dirty.js';
import type { Known } from './known.js';
import type { StepSql } from './step.js';

/** Where a ledger row stands. */
export interface Place {
  readonly partition: number;
  readonly epoch: number;
  readonly offset: string;
}

/** Head of one version of an order: what decides which version wins and where each may stand. UInt64 as text. */
export interface OrderHead extends Place, BucketStarts {
  readonly entity_id: string;
  readonly order_id: string;
  readonly revision: string;
  readonly hash: string;
  /** Whether this row is new in the step. */
  readonly fresh: number;
  readonly cancelled: number;
  /** First day of the shop's month, `2011-12-01`. */
  readonly month: string;
  readonly customer_id: string;
  readonly line: readonly number[];
}

/** What a refund takes over from its order. */
export interface OrderBody {
  readonly order_id: string;
  readonly payment_method: string;
  readonly channel: string;
  readonly country: string;
  readonly region: string;
  readonly city: string;
  readonly campaign_id: string;
  readonly line: readonly number[];
  readonly product_id: readonly string[];
}

/** One version of a return. Decimals and instants are the engine's texts, handed on untouched. */
export interface ReturnVersion extends BucketStarts {
  readonly return_id: string;
  /** That of the order it names, or its own: what is folded together. */
  readonly entity_id: string;
  readonly revision: string;
  readonly hash: string;
  /** Whether this row is new in the step. */
  readonly fresh: number;
  readonly order_id: string;
  readonly customer_id: string;
  readonly refunded: number;
  readonly refund_time: string;
  readonly month: string;
  readonly line: readonly number[];
  readonly order_line: readonly number[];
  readonly product_id: readonly string[];
  readonly quantity: readonly number[];
  readonly amount: readonly string[];
  readonly reason: readonly string[];
}

/** Runs a named read of the step. */
export type Query = <Row>(name: string, statement: Sql) => Promise<Row[]>;

/**
 * All versions, up to the step's end, of what the step touches. An order and its returns are always folded together; a correction may
 * move a return from one order to another, so every order that ANY version of a touched return names is touched too.
 * New rows are read by the ledger's key, older ones through its projections: no read grows with the ledger. What is new for sure is
 * not looked for: most orders of a step are.
 * @param handed the new versions of orders, where they need not be read
 */
export async function collectVersions(
  s: StepSql,
  known: Known,
  query: Query,
  handed?: readonly OrderHead[],
): Promise<{ orders: OrderHead[]; returns: ReturnVersion[] }> {
  const [orders, returns] = await Promise.all([
    handed ? [...handed] : s.moved('transactions.v1') ? query<OrderHead>('fresh_orders', freshOrdersSql(s)) : [],
    s.moved('returns.v1') ? query<ReturnVersion>('fresh_returns', freshReturnsSql(s)) : [],
  ]);
  const entities = new Set([...orders, ...returns].map((each) => each.entity_id));
  const ids = new Set(returns.map((each) => each.return_id));
  const olderIds = [...ids].filter((id) => known.mayReturn(id));
  if (olderIds.length > 0) {
    for (const each of await query<{ entity_id: string }>('entities_of_returns', entitiesOfReturnsSql(s, olderIds)))
      entities.add(each.entity_id);
  }
  const older = [...entities].filter((entity) => known.mayEntity(entity));
  // Known from the next step on; one that is done again finds them known already, and looks.
  known.add(entities, ids);
  if (older.length === 0) return { orders, returns };
  const [olderOrders, olderReturns] = await Promise.all([
    query<OrderHead>('older_orders', olderOrdersSql(s, older)),
    query<Place>('older_returns', olderReturnsSql(s, older)),
  ]);
  const formerReturns = olderReturns.length > 0 ? await query<ReturnVersion>('returns_at', returnsAtSql(s, olderReturns)) : [];
  return { orders: [...orders, ...olderOrders], returns: [...returns, ...formerReturns] };
}

/** Columns that the projection by entity holds, so that older heads are read from it alone. */
function headColumns(s: StepSql): Sql {
  return sql`partition, epoch, offset, entity_id, order_id, revision, hash, cancelled, ${bucketColumns(sql`order_time`, s.zone)},
    ${s.month(sql`order_time`)} AS month, customer_id, lines.line AS line`;
}

function returnColumns(s: StepSql): Sql {
  return sql`return_id, entity_id, revision, hash, order_id, customer_id, refunded, refund_time, ${bucketColumns(sql`refund_time`, s.zone)},
    ${s.month(sql`refund_time`)} AS month, lines.line AS line, lines.order_line AS order_line, lines.product_id AS product_id,
    lines.quantity AS quantity, lines.amount AS amount, lines.reason AS reason`;
}

export function freshOrdersSql(s: StepSql): Sql {
  return sql`SELECT 1 AS fresh, ${headColumns(s)}
FROM ${s.table('ledger_transactions')} WHERE ${s.fresh('transactions.v1')}`;
}

export function freshReturnsSql(s: StepSql): Sql {
  return sql`SELECT 1 AS fresh, ${returnColumns(s)}
FROM ${s.table('ledger_returns')} WHERE ${s.fresh('returns.v1')}`;
}

export function entitiesOfReturnsSql(s: StepSql, returnIds: readonly string[]): Sql {
  return sql`SELECT DISTINCT entity_id FROM ${s.table('ledger_returns')} WHERE ${s.known('returns.v1')} AND return_id IN ${returnIds}`;
}

export function olderOrdersSql(s: StepSql, entities: readonly string[]): Sql {
  return sql`SELECT 0 AS fresh, ${headColumns(s)}
FROM ${s.table('ledger_transactions')}
WHERE ${s.known('transactions.v1')} AND NOT ${s.range('transactions.v1')} AND entity_id IN ${entities}`;
}

export function olderReturnsSql(s: StepSql, entities: readonly string[]): Sql {
  const returns = s.table('ledger_returns');
  return sql`SELECT partition, epoch, offset FROM ${returns}
WHERE ${s.known('returns.v1')} AND NOT ${s.range('returns.v1')}
    AND return_id IN (SELECT return_id FROM ${returns} WHERE ${s.known('returns.v1')} AND entity_id IN ${entities})`;
}

export function returnsAtSql(s: StepSql, places: readonly Place[]): Sql {
  return sql`SELECT 0 AS fresh, ${returnColumns(s)}
FROM ${s.table('ledger_returns')} WHERE ${at(places)}`;
}

export function orderBodiesSql(s: StepSql, places: readonly Place[]): Sql {
  return sql`SELECT order_id, payment_method, channel, country, region, city, campaign_id, lines.line AS line, lines.product_id AS product_id
FROM ${s.table('ledger_transactions')} WHERE ${at(places)}`;
}

/** Rows at places of the ledger. */
export function at(places: readonly Place[]): Sql {
  return places.length === 0
    ? sql`0`
    : sql`(partition, epoch, offset) IN ${places.map(({ partition, epoch, offset }) => [partition, epoch, BigInt(offset)])}`;
}
