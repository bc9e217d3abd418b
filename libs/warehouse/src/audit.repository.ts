import { join, sql, type ClickHouse, type Sql } from '#clickhouse';
import { sliceSeconds } from './refresh/calendar.js';
import { grains } from './refresh/dirty.js';
import { tableOf, type Shop } from './shop.js';

/** One comparison of the audit: two figures that must be equal. */
export interface AuditFigure {
  readonly name: string;
  /** What says how much it should be, in words. */
  readonly of: string;
  readonly expected: string;
  readonly actual: string;
}

/** Whole months of a shop, and one part of its customers: what one run of the audit compares. */
export interface AuditStretch {
  /** Unix seconds; null where it has no beginning, or no end. */
  readonly from: number | null;
  readonly to: number | null;
  /** Which of how many this is, 0 to parts - 1: together they are everything. */
  readonly part: number;
  readonly parts: number;
}

/** Which orders are recomputed: of a stretch one in so many, and which of them, 0 to share - 1. */
export interface AuditSample {
  readonly stretch: AuditStretch;
  readonly share: number;
  readonly turn: number;
}

/**
 * Cuts a shop's time where months begin.
 * @param months beginnings in order, Unix seconds, and their orders
 * @param mostOrders of a stretch, unless one month has more
 */
export function stretchesOf(months: readonly { readonly from: number; readonly orders: number }[], mostOrders: number): AuditStretch[] {
  const cuts: number[] = [];
  let held = 0;
  for (const { from, orders } of months) {
    if (held > 0 && held + orders > mostOrders) {
      cuts.push(from);
      held = 0;
    }
    held += orders;
  }
  const parts = cuts.length + 1;
  return Array.from({ length: parts }, (_, part) => ({ from: cuts[part - 1] ?? null, to: cuts[part] ?? null, part, parts }));
}

/** Reads of the self-audit. */
export class AuditRepository {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** The stretches of a shop, of so many orders at most where its months allow it. */
  async stretches(shop: Shop, mostOrders: number): Promise<AuditStretch[]> {
    // Facts are read by slices: where a month began within one, as by the offsets of long ago, it is no place to cut.
    const months = await this.clickhouse.query<{ at: number; held: string }>(
      sql`SELECT toUnixTimestamp(bucket) AS at, orders AS held FROM ${tableOf(shop, 'agg_headline')} FINAL
WHERE grain = 'month' AND toUnixTimestamp(bucket) % ${sliceSeconds} = 0 ORDER BY bucket`,
    );
    return stretchesOf(
      months.map(({ at, held }) => ({ from: at, orders: Number(held) })),
      mostOrders,
    );
  }

  /**
   * L1 against L2: money, orders and units of the facts of a stretch against every grain, and against the customers. To be run while both
   * levels stand at one place and none moves.
   */
  async totals(shop: Shop, stretch: AuditStretch): Promise<AuditFigure[]> {
    const table = (name: string) => tableOf(shop, name);
    const [slices, buckets] = [within(sql`slice`, stretch), within(sql`bucket`, stretch)];
    const [facts] = await this.clickhouse.query<Record<string, string>>(sql`SELECT
    s.gross AS gross, s.discounts AS discounts, s.orders AS orders, s.units AS units, s.known AS known, r.returns AS returns, r.rbo AS rbo
FROM (SELECT sum(f.gross) AS gross, sum(toDecimal128(discount, 6) + order_discount) AS discounts, uniqExact(order_id) AS orders, sum(quantity) AS units,
        sumIf(f.gross, customer_key != 0) AS known FROM ${table('fact_sales')} AS f FINAL WHERE ${slices}) AS s
CROSS JOIN (SELECT sumIf(amount, convention = 'refund-date') AS returns, sumIf(amount, convention = 'order-date') AS rbo
    FROM ${table('fact_returns')} FINAL WHERE ${slices}) AS r`);
    const kpis = await this.sumsByGrain(table('agg_kpi'), sql`dimension = 'all' AND ${buckets}`);
    const headline = await this.sumsByGrain(table('agg_headline'), buckets);
    const keys = await this.someCustomers(shop, stretch);
    const months = within(sql`month`, stretch, (at) => sql`toDate(toDateTime(${at}, 'UTC'), ${shop.timeZone})`);
    const [customers] = await this.clickhouse.query<Record<string, string>>(sql`SELECT
    (SELECT sum(gross) FROM ${table('agg_customer')} FINAL WHERE ${keys}) AS lives,
    (SELECT sum(gross) FROM ${table('agg_customer_month')} FINAL WHERE ${keys}) AS months_of_lives,
    (SELECT sum(gross) FROM ${table('agg_customer_month')} FINAL WHERE ${months}) AS months`);
    const figures: AuditFigure[] = [];
    for (const [level, sums] of [
      ['', kpis],
      ['headline ', headline],
    ] as const) {
      // Also where a grain has no row at all.
      for (const grain of grains) {
        for (const name of ['gross', 'discounts', 'returns', 'rbo', 'orders', 'units']) {
          figures.push({
            name: `${level}${grain} ${name}`,
            of: 'facts',
            expected: facts?.[name] ?? '0',
            actual: sums.get(grain)?.[name] ?? '0',
          });
        }
      }
    }
    const { months: ofMonths = '0', months_of_lives: monthsOfSome = '0', lives = '0' } = customers ?? {};
    figures.push({ name: 'customer months gross', of: 'facts', expected: facts?.['known'] ?? '0', actual: ofMonths });
    const some = stretch.parts === 1 ? '' : `, part ${stretch.part + 1} of ${stretch.parts}`;
    figures.push({ name: `customers gross${some}`, of: 'their months', expected: monthsOfSome, actual: lives });
    return figures;
  }

  private async sumsByGrain(table: Sql, where: Sql): Promise<Map<string, Record<string, string>>> {
    const rows = await this.clickhouse.query<Record<string, string>>(sql`SELECT grain, sum(gross) AS gross, sum(discounts) AS discounts,
    sum(orders) AS orders, sum(units) AS units, sum(returns) AS returns, sum(returns_by_order_date) AS rbo
FROM ${table} FINAL WHERE ${where} GROUP BY grain`);
    return new Map(rows.map(({ grain = '', ...sums }) => [grain, sums]));
  }

  /** Gross of a sample's orders by the facts, by order. To be run at the same moment as `totals`. */
  async grossOfFacts(shop: Shop, { stretch, share, turn }: AuditSample): Promise<Map<string, string>> {
    return this.grossByOrder(sql`SELECT order_id, sum(gross) AS gross FROM ${tableOf(shop, 'fact_sales')} FINAL
WHERE ${within(sql`slice`, stretch)} AND cityHash64(order_id) % ${share} = ${turn} GROUP BY order_id`);
  }

  /**
   * The same recomputed from the ledger, which only grows: at any time after that moment.
   * @param known predicate on `ledger_transactions`: what the figures covered at that moment
   */
  async grossOfLedger(shop: Shop, { stretch, share, turn }: AuditSample, known: Sql): Promise<Map<string, string>> {
    return this.grossByOrder(sql`SELECT order_id, toString(best.2) AS gross FROM
(
    SELECT order_id, argMax((cancelled, arraySum(arrayMap((p, q) -> toDecimal128(p, 6) * q, lines.unit_price, lines.quantity)), order_time), (revision, hash)) AS best
    FROM ${tableOf(shop, 'ledger_transactions')}
    WHERE verdict = 'accepted' AND ${known} AND cityHash64(order_id) % ${share} = ${turn}
    GROUP BY order_id
)
WHERE NOT best.1 AND ${within(sql`best.3`, stretch)}`);
  }

  private async grossByOrder(statement: Sql): Promise<Map<string, string>> {
    const rows = await this.clickhouse.query<{ order_id: string; gross: string }>(statement);
    return new Map(rows.map(({ order_id, gross }) => [order_id, gross]));
  }

  /** A part of the customers by their keys, which the tables are sorted by. */
  private async someCustomers(shop: Shop, { part, parts }: AuditStretch): Promise<Sql> {
    const [row] = await this.clickhouse.query<{ most: number }>(
      sql`SELECT max(customer_key) AS most FROM ${tableOf(shop, 'agg_customer')}`,
    );
    const bound = (of: number): number => Math.floor((of / parts) * (row?.most ?? 0));
    return allOf([
      ...(part > 0 ? [sql`customer_key >= ${bound(part)}`] : []),
      ...(part < parts - 1 ? [sql`customer_key < ${bound(part + 1)}`] : []),
    ]);
  }
}

/**
 * @param column an instant, or what `bound` makes of one
 * @param bound of Unix seconds
 */
function within(column: Sql, { from, to }: AuditStretch, bound = (at: number): Sql => sql`toDateTime(${at}, 'UTC')`): Sql {
  return allOf([...(from === null ? [] : [sql`${column} >= ${bound(from)}`]), ...(to === null ? [] : [sql`${column} < ${bound(to)}`])]);
}

function allOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`1` : join(conditions, ' AND ');
}
