import { sql, type ClickHouse } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import { instantOf, textOf } from '../watermark.repository.js';

/** A revision of a rule as it is stored; what it says is JSON. */
export interface StoredRule {
  readonly rule: string;
  readonly revision: number;
  /** Shop time from which decisions follow it, Unix milliseconds. */
  readonly from: number;
  readonly body: string;
  readonly by: string;
}

/** Rules of alerts: every revision there ever was. */
export class AlertRuleRepository {
  constructor(private readonly clickhouse: ClickHouse) {}

  async add(shop: Shop, { rule, revision, from, body, by }: StoredRule): Promise<void> {
    const row = [rule, revision, textOf(new Date(from)), body, by, textOf(new Date())];
    const columns = ['rule', 'revision', 'from_time', 'body', 'said_by', 'written_at'];
    await this.clickhouse.insert(tableOf(shop, 'alert_rules'), columns, JSON.stringify(row));
  }

  /** By rule and revision. Of two that were put as one revision in the same moment the first one counts, everywhere alike. */
  async all(shop: Shop): Promise<StoredRule[]> {
    const rows = await this.clickhouse.query<{ rule: string; revision: number; from_time: string; body: string; said_by: string }>(
      sql`SELECT rule, revision, from_time, body, said_by FROM ${tableOf(shop, 'alert_rules')}
ORDER BY rule, revision, written_at, said_by, body LIMIT 1 BY rule, revision`,
    );
    return rows.map((row) => ({
      rule: row.rule,
      revision: row.revision,
      from: instantOf(row.from_time).getTime(),
      body: row.body,
      by: row.said_by,
    }));
  }
}
