import { jsonLine, sql, type ClickHouse, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import { textOf } from '../watermark.repository.js';
import type { AlertLogRow, StoredPartition } from './alert-log.js';

const columns = [
  ...['kind', 'partition', 'epoch', 'offset', 'step', 'at', 'day', 'customer_id', 'alert_id', 'rule', 'rule_revision', 'state', 'what'],
  ...['said_by', 'assignee', 'detail', 'probability', 'net_value', 'event_id', 'body', 'sent', 'written_at'],
] as const;

/** Newest first; what a later epoch says outranks an earlier one. */
const newestFirst = sql`epoch DESC, offset DESC, step DESC`;

/** What the owner of a shop's alerts writes, and reads again when it starts. */
export class AlertLogRepository {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** Writes rows as one block: all of them or none. */
  async append(shop: Shop, rows: readonly AlertLogRow[], now: Date): Promise<void> {
    if (rows.length === 0) return;
    const writtenAt = textOf(now);
    const lines = rows.map((row) => jsonLine(cellsOf(row, writtenAt)));
    await this.clickhouse.insert(tableOf(shop, 'alert_log'), columns, lines.join('\n'));
  }

  /** What a partition's fold had come to when its last rows were written; undefined before its first. */
  async load(shop: Shop, partition: number): Promise<StoredPartition | undefined> {
    const [place] = await this.clickhouse.query<{ epoch: number; next: string; sent: string; detail: string }>(
      sql`SELECT epoch, toString(offset) AS next, toString(sent) AS sent, detail FROM ${log(shop)} FINAL
WHERE kind = 'place' AND partition = ${partition} ORDER BY ${newestFirst} LIMIT 1`,
    );
    if (!place) return undefined;
    const [customers, alerts, taken] = await Promise.all([
      this.clickhouse.query<{ customer_id: string; body: string }>(
        sql`SELECT customer_id, body FROM ${log(shop)} FINAL
WHERE kind = 'customer' AND partition = ${partition} ORDER BY ${newestFirst} LIMIT 1 BY customer_id`,
      ),
      this.clickhouse.query<{ body: string }>(
        sql`SELECT body FROM (SELECT state, body FROM ${log(shop)} FINAL
WHERE kind = 'alert' AND partition = ${partition} ORDER BY ${newestFirst} LIMIT 1 BY alert_id)
WHERE state IN ('open', 'acknowledged', 'acted')`,
      ),
      this.clickhouse.query<{ rule: string; day: string; count: string }>(
        sql`SELECT rule, toString(l.day) AS day, count() AS count FROM ${log(shop)} AS l FINAL
WHERE partition = ${partition} AND ((kind = 'alert' AND what = 'opened') OR (kind = 'suppressed' AND what = 'holdout'))
GROUP BY rule, day`,
      ),
    ]);
    return {
      epoch: place.epoch,
      next: BigInt(place.next),
      sent: BigInt(place.sent),
      lastProducedAt: place.detail === '' ? null : Number(place.detail),
      customers: new Map(customers.map(({ customer_id, body }) => [customer_id, body])),
      alerts: alerts.map(({ body }) => body),
      taken: taken.map(({ rule, day, count }) => ({ rule, day, count: Number(count) })),
    };
  }

  /** JSON of the newest state of alerts of a partition, ended ones too: those that a command names. */
  async alerts(shop: Shop, partition: number, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const rows = await this.clickhouse.query<{ body: string }>(
      sql`SELECT body FROM ${log(shop)} FINAL
WHERE kind = 'alert' AND partition = ${partition} AND alert_id IN ${ids} ORDER BY ${newestFirst} LIMIT 1 BY alert_id`,
    );
    return rows.map(({ body }) => body);
  }

  /** Steps of alerts at or after an offset, in their order: those that may not have been published. */
  async stepsSince(
    shop: Shop,
    partition: number,
    epoch: number,
    offset: bigint,
  ): Promise<{ offset: bigint; step: number; what: string; by: string; body: string }[]> {
    const rows = await this.clickhouse.query<{ place: string; step: number; what: string; said_by: string; body: string }>(
      sql`SELECT toString(offset) AS place, step, what, said_by, body FROM ${log(shop)} FINAL
WHERE kind = 'alert' AND partition = ${partition} AND epoch = ${epoch} AND offset >= ${offset} ORDER BY offset, step`,
    );
    return rows.map(({ place, step, what, said_by, body }) => ({ offset: BigInt(place), step, what, by: said_by, body }));
  }
}

function log(shop: Shop): Sql {
  return tableOf(shop, 'alert_log');
}

function cellsOf(row: AlertLogRow, writtenAt: string): unknown[] {
  const place = [row.kind, row.partition, row.epoch, row.offset, row.step, textOf(new Date(row.at)), row.day];
  const about = [row.customerId, row.alertId, row.rule, row.ruleRevision, row.state, row.what, row.by, row.assignee, row.detail];
  return [...place, ...about, row.probability, row.netValue, row.eventId, row.body, row.sent, writtenAt];
}
