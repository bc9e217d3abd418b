import { ident, sql, systemDatabase, type ClickHouse } from '#clickhouse';
import { instantOf, textOf } from '../watermark.repository.js';

const table = ident(systemDatabase, 'alarm_log');
const columns = ['database', 'alarm_id', 'entry', 'what', 'at', 'said_by', 'body'] as const;

/** A row of the log of alarms. */
export interface AlarmRow {
  readonly database: string;
  readonly alarmId: string;
  /** Names the row within its alarm: written again it replaces itself. */
  readonly entry: string;
  readonly what: 'opened' | 'stands' | 'gone' | 'told' | 'commanded' | 'over';
  /** Unix milliseconds, wall clock. */
  readonly at: number;
  readonly by: string;
  /** JSON. */
  readonly body: string;
}

interface RawRow {
  readonly database: string;
  readonly alarm_id: string;
  readonly entry: string;
  readonly what: AlarmRow['what'];
  readonly at: string;
  readonly said_by: string;
  readonly body: string;
}

/** What was seen of alarms and said to them, of all shops. */
export class AlarmLogRepository {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** Whether other processes may write as well. */
  get shared(): boolean {
    return this.clickhouse.shared;
  }

  /** Adds rows as one block: all or none. */
  async append(rows: readonly AlarmRow[]): Promise<void> {
    if (rows.length === 0) return;
    const lines = rows.map(({ database, alarmId, entry, what, at, by, body }) =>
      JSON.stringify([database, alarmId, entry, what, textOf(new Date(at)), by, body]),
    );
    await this.clickhouse.insert(table, columns, `${lines.join('\n')}\n`);
  }

  /** Rows of all alarms that are not over, alarm by alarm. */
  live(): Promise<AlarmRow[]> {
    return this.rows(sql`alarm_id NOT IN (SELECT alarm_id FROM ${table} WHERE what = 'over')`);
  }

  /** Rows of one alarm; none where there is no such alarm. */
  of(database: string, alarmId: string): Promise<AlarmRow[]> {
    return this.rows(sql`database = ${database} AND alarm_id = ${alarmId}`);
  }

  /** Rows of a shop's alarms that are over, of those that ended last. @param limit of alarms */
  ended(database: string, limit: number): Promise<AlarmRow[]> {
    return this.rows(sql`database = ${database} AND alarm_id IN
(
    SELECT alarm_id FROM ${table} WHERE database = ${database} AND what = 'over' GROUP BY alarm_id ORDER BY max(at) DESC, alarm_id LIMIT ${limit}
)`);
  }

  private async rows(where: ReturnType<typeof sql>): Promise<AlarmRow[]> {
    const rows = await this.clickhouse.query<RawRow>(
      sql`SELECT database, alarm_id, entry, what, at, said_by, body FROM ${table} FINAL WHERE ${where} ORDER BY database, alarm_id, at, entry`,
    );
    return rows.map(({ database, alarm_id, entry, what, at, said_by, body }) => ({
      ...{ database, alarmId: alarm_id, entry, what, by: said_by, body },
      at: instantOf(at).getTime(),
    }));
  }
}
