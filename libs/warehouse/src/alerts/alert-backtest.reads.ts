import { join, sql, type ClickHouse } from '#clickhouse';
import { knownBy } from '../features/documents.js';
import { ledgerTables } from '../ledger/ledger-tables.js';
import { after, type Position } from '../positions.js';
import { tableOf, type Shop } from '../shop.js';

/** Of all customers at an instant: how many there were, and how many of them ordered no more for some days. */
export interface ChurnBase {
  /** Unix milliseconds. */
  readonly at: number;
  readonly customers: number;
  readonly gone: number;
  /** Of those with an order in the days before. */
  readonly active: number;
  readonly activeGone: number;
}

export interface ChurnBaseQuery {
  /** Unix milliseconds. */
  readonly instants: readonly number[];
  readonly horizonDays: number;
  readonly activeDays: number;
}

const dayMs = 86_400_000;

/** Orders as finally known: a returned one is one, a cancelled one is none. */
export function churnBaseSql(shop: Shop, { instants, horizonDays, activeDays }: ChurnBaseQuery) {
  const [ahead, back] = [sql`${horizonDays * dayMs}`, sql`${activeDays * dayMs}`];
  return sql`SELECT t, countIf(known) AS customers, countIf(known AND NOT later) AS gone, countIf(recent) AS active, countIf(recent AND NOT later) AS active_gone
FROM
(
    SELECT
        t, arrayExists(x -> x <= t, orders) AS known, arrayExists(x -> x > t - ${back} AND x <= t, orders) AS recent,
        arrayExists(x -> x > t AND x <= t + ${ahead}, orders) AS later
    FROM
    (
        SELECT customer_key, groupUniqArray(toUnixTimestamp64Milli(at)) AS orders
        FROM ${tableOf(shop, 'facts_by_customer')} FINAL WHERE kind = 'sale' AND customer_key != 0 GROUP BY customer_key
    )
    ARRAY JOIN CAST([${join(instants.map((at) => sql`${at}`))}], 'Array(Int64)') AS t
)
GROUP BY t ORDER BY t`;
}

/** Instants of some customers' orders after an instant, as finally known. */
export function ordersSinceSql(shop: Shop, customers: readonly string[], since: number) {
  const keys = sql`SELECT customer_key FROM ${tableOf(shop, 'dim_customer_keys')} WHERE customer_id IN ${customers}`;
  return sql`SELECT k.customer_id AS customer_id, arraySort(f.instants) AS instants
FROM
(
    SELECT customer_key, groupUniqArray(toUnixTimestamp64Milli(at)) AS instants FROM ${tableOf(shop, 'facts_by_customer')} AS t FINAL
    PREWHERE customer_key IN (${keys}) WHERE kind = 'sale' AND t.at > ${new Date(since)} GROUP BY customer_key
) AS f
INNER JOIN (SELECT DISTINCT customer_id, customer_key FROM ${tableOf(shop, 'dim_customer_keys')} WHERE customer_id IN ${customers}) AS k USING (customer_key)`;
}

/** Topics that scores, outcomes and consent hang on. */
const toldTopics = ['transactions.v1', 'returns.v1', 'customers.v1'] as const;

/** `told`: 1 where something new speaks of a time up to an instant, or where the row before a position is not there. */
export function toldSinceSql(shop: Shop, positions: readonly Position[], until: Date) {
  const of = (topic: string): Position[] => positions.filter((each) => each.topic === topic);
  const news = toldTopics.map(
    (topic) => sql`(SELECT count() FROM ${tableOf(shop, ledgerTables[topic].table)}
    WHERE ${after(of(topic))} AND ${knownBy(sql`${until}`)}) > 0`,
  );
  const lost = toldTopics.flatMap((topic) =>
    of(topic)
      .filter(({ next }) => next > 0n)
      .map(
        ({ partition, epoch, next }) => sql`(SELECT count() = 0 FROM ${tableOf(shop, ledgerTables[topic].table)}
    WHERE partition = ${partition} AND (epoch > ${epoch} OR (epoch = ${epoch} AND offset >= ${next - 1n})))`,
      ),
  );
  return sql`SELECT toUInt8(${join([...news, ...lost], ' OR ')}) AS told`;
}

/** Customers per statement. */
const perStatement = 2_000;

/** What came after alerts, and what came anyway. The caller sees to it that the facts stand (`ReadGate.read`). */
export class AlertBacktestReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  async churnBase(shop: Shop, query: ChurnBaseQuery): Promise<ChurnBase[]> {
    if (query.instants.length === 0) return [];
    const rows = await this.clickhouse.query<Record<'t' | 'customers' | 'gone' | 'active' | 'active_gone', string>>(
      churnBaseSql(shop, query),
    );
    return rows.map((row) => ({
      at: Number(row.t),
      customers: Number(row.customers),
      gone: Number(row.gone),
      active: Number(row.active),
      activeGone: Number(row.active_gone),
    }));
  }

  /** @returns per customer with an order then its instants, Unix milliseconds, rising */
  async ordersSince(shop: Shop, customers: readonly string[], since: number): Promise<ReadonlyMap<string, readonly number[]>> {
    const found = new Map<string, readonly number[]>();
    for (let start = 0; start < customers.length; start += perStatement) {
      const some = customers.slice(start, start + perStatement);
      const rows = await this.clickhouse.query<{ customer_id: string; instants: readonly string[] }>(ordersSinceSql(shop, some, since));
      for (const row of rows) found.set(row.customer_id, row.instants.map(Number));
    }
    return found;
  }

  /**
   * Whether the ledger has more than it had, of orders, returns or customers, that speaks of a time up to an instant. A ledger that does not
   * reach where it was is another one.
   */
  async isToldSince(shop: Shop, positions: readonly Position[], until: Date): Promise<boolean> {
    const [row] = await this.clickhouse.query<{ told: number }>(toldSinceSql(shop, positions, until));
    return row?.told !== 0;
  }

  /** The first order, as finally known, Unix milliseconds; undefined where there is none. */
  async firstOrder(shop: Shop): Promise<number | undefined> {
    const [row] = await this.clickhouse.query<{ orders: string; first: string }>(
      sql`SELECT count() AS orders, toUnixTimestamp64Milli(min(order_time)) AS first FROM ${tableOf(shop, 'fact_sales')} FINAL WHERE customer_key != 0`,
    );
    return row && Number(row.orders) > 0 ? Number(row.first) : undefined;
  }
}
