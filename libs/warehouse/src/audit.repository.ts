import { sql, type ClickHouse } from '#clickhouse';
import { tableOf, type Shop } from './shop.js';

/** One comparison of the audit: two figures that must be equal. */
export interface AuditFigure {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
}

/** An order whose facts differ from what its ledger versions say. */
export interface AuditDifference {
  readonly orderId: string;
  readonly ledgerGross: string;
  readonly factGross: string;
}

/** Reads of the self-audit. To be run while both levels stand at one place and none moves. */
export class AuditRepository {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** L1 against L2: money, orders and units of the facts against every grain and against the customers. */
  async totals(shop: Shop): Promise<AuditFigure[]> {
    const table = (name: string) => tableOf(shop, name);
    const [facts] = await this.clickhouse.query<Record<string, string>>(sql`SELECT
    s.gross AS gross, s.discounts AS discounts, s.orders AS orders, s.units AS units, s.known AS known, r.returns AS returns, r.rbo AS rbo
FROM (SELECT sum(f.gross) AS gross, sum(toDecimal128(discount, 6) + order_discount) AS discounts, uniqExact(order_id) AS orders, sum(quantity) AS units,
        sumIf(f.gross, customer_key != 0) AS known FROM ${table('fact_sales')} AS f FINAL) AS s
CROSS JOIN (SELECT sumIf(amount, convention = 'refund-date') AS returns, sumIf(amount, convention = 'order-date') AS rbo FROM ${table('fact_returns')} FINAL) AS r`);
    const grains = await this.clickhouse.query<Record<string, string>>(sql`SELECT grain, sum(gross) AS gross, sum(discounts) AS discounts,
    sum(orders) AS orders, sum(units) AS units, sum(returns) AS returns, sum(returns_by_order_date) AS rbo
FROM ${table('agg_kpi')} FINAL WHERE dimension = 'all' GROUP BY grain ORDER BY grain`);
    const headline = await this.clickhouse.query<
      Record<string, string>
    >(sql`SELECT concat('headline ', toString(grain)) AS grain, sum(gross) AS gross, sum(discounts) AS discounts,
    sum(orders) AS orders, sum(units) AS units, sum(returns) AS returns, sum(returns_by_order_date) AS rbo
FROM ${table('agg_headline')} FINAL GROUP BY grain ORDER BY grain`);
    const [customers] = await this.clickhouse.query<Record<string, string>>(sql`SELECT
    (SELECT sum(gross) FROM ${table('agg_customer')} FINAL) AS lives, (SELECT sum(gross) FROM ${table('agg_customer_month')} FINAL) AS months`);
    const figures: AuditFigure[] = [];
    for (const grain of [...grains, ...headline]) {
      for (const name of ['gross', 'discounts', 'returns', 'rbo', 'orders', 'units']) {
        figures.push({ name: `${grain['grain']} ${name}`, expected: facts?.[name] ?? '0', actual: grain[name] ?? '0' });
      }
    }
    figures.push({ name: 'customers gross', expected: facts?.['known'] ?? '0', actual: customers?.['lives'] ?? '0' });
    figures.push({ name: 'customer months gross', expected: facts?.['known'] ?? '0', actual: customers?.['months'] ?? '0' });
    return figures;
  }

  /**
   * Recomputes a pseudo-random share of the orders from the ledger and compares them with their facts.
   * @param known predicate on `ledger_transactions`: what the watermark covers
   * @param share one order in so many
   * @param turn which of them, 0 to share - 1; the audit moves it on
   */
  async sample(shop: Shop, known: ReturnType<typeof sql>, share: number, turn: number): Promise<AuditDifference[]> {
    const rows = await this.clickhouse.query<{
      order_id: string;
      ledger: string;
      facts: string;
    }>(sql`SELECT order_id, sum(ledger) AS ledger, sum(facts) AS facts
FROM
(
    SELECT order_id, if(best.1, 0, best.2) AS ledger, 0 AS facts FROM
    (
        SELECT order_id, argMax((cancelled, arraySum(arrayMap((p, q) -> toDecimal128(p, 6) * q, lines.unit_price, lines.quantity))), (revision, hash)) AS best
        FROM ${tableOf(shop, 'ledger_transactions')}
        WHERE verdict = 'accepted' AND ${known} AND cityHash64(order_id) % ${share} = ${turn}
        GROUP BY order_id
    )
    UNION ALL
    SELECT order_id, 0, gross FROM ${tableOf(shop, 'fact_sales')} FINAL WHERE cityHash64(order_id) % ${share} = ${turn}
)
GROUP BY order_id HAVING ledger != facts ORDER BY order_id LIMIT 20`);
    return rows.map((row) => ({ orderId: row.order_id, ledgerGross: row.ledger, factGross: row.facts }));
  }
}
