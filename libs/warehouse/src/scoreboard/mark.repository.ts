import { sql, type ClickHouse, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import { instantOf, textOf } from '../watermark.repository.js';

/** What a model says of one customer at a month's start. */
export interface Mark {
  readonly customerId: string;
  readonly probability: number;
  /** Days since the last order. */
  readonly recency: number;
}

/** A month of which every customer is marked. */
export interface MarkedMonth {
  readonly model: string;
  /** Start of the month, Unix milliseconds. */
  readonly reference: number;
  /** The shop's clock when it was written first, Unix milliseconds. */
  readonly clock: number;
  readonly customers: number;
}

/** What was found at an instant, as JSON text; what it says is the caller's. */
export interface Watched {
  readonly model: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly clock: number;
  readonly customers: number;
  readonly body: string;
}

/** Of a model. */
export const driftsKept = 100;

const watchColumns = ['kind', 'model', 'at', 'clock', 'customers', 'body'];

/** Marks of customers, month by month, and what was seen of features and scores meanwhile. */
export class MarkRepository {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** Some marks of a month; written again they take their own places. They count once the month is closed. */
  async write(shop: Shop, model: string, reference: number, marks: readonly Mark[]): Promise<void> {
    if (marks.length === 0) return;
    const at = textOf(new Date(reference));
    const lines = marks.map(({ customerId, probability, recency }) => JSON.stringify([model, at, customerId, probability, recency]));
    const columns = ['model', 'reference', 'customer_id', 'probability', 'recency'];
    await this.clickhouse.insert(tableOf(shop, 'churn_marks'), columns, lines.join('\n'), 'background');
  }

  /** Every mark of the month is written. @param month its body is the distribution of features and scores */
  close(shop: Shop, month: Watched): Promise<void> {
    return this.note(shop, 'mark', month);
  }

  /** How far features and scores had moved. Of each model the newest hundred or two are kept; only the newest is ever read. */
  async noteDrift(shop: Shop, drift: Watched): Promise<void> {
    await this.note(shop, 'drift', drift);
    const table = tableOf(shop, 'model_watch');
    const own = sql`kind = 'drift' AND model = ${drift.model}`;
    const older = await this.clickhouse.query<{ at: string }>(
      sql`SELECT at FROM ${table} WHERE ${own} ORDER BY at DESC LIMIT ${driftsKept} OFFSET ${driftsKept}`,
      'background',
    );
    // A deletion is a mutation of the table: one for a hundred rows, not one for each.
    if (older.length < driftsKept) return;
    await this.clickhouse.command(sql`DELETE FROM ${table} WHERE ${own} AND at <= ${instantOf(older[0]?.at ?? '')}`, 'background');
  }

  /** Months that are whole, oldest first; of all models or one. */
  async months(shop: Shop, model?: string): Promise<MarkedMonth[]> {
    const rows = await this.clickhouse.query<{ model: string; at: string; first: string; customers: number }>(
      markedMonthsSql(shop, model),
      'background',
    );
    return rows.map((row) => ({
      model: row.model,
      reference: instantOf(row.at).getTime(),
      clock: instantOf(row.first).getTime(),
      customers: row.customers,
    }));
  }

  /** The distribution that a month was closed with. */
  async distribution(shop: Shop, model: string, reference: number): Promise<string | undefined> {
    const [row] = await this.watched(shop, sql`kind = 'mark' AND model = ${model} AND at = ${new Date(reference)} ORDER BY clock LIMIT 1`);
    return row?.body;
  }

  /** The newest drift of each model. Which that is the key says: bodies of the others, one for each shop day, are not read. */
  async drifts(shop: Shop): Promise<Watched[]> {
    const newest = sql`SELECT model, max(at) FROM ${tableOf(shop, 'model_watch')} WHERE kind = 'drift' GROUP BY model`;
    return this.watched(shop, sql`kind = 'drift' AND (model, at) IN (${newest}) LIMIT 1 BY model`);
  }

  private async note(shop: Shop, kind: 'mark' | 'drift', { model, at, clock, customers, body }: Watched): Promise<void> {
    const row = JSON.stringify([kind, model, textOf(new Date(at)), textOf(new Date(clock)), customers, body]);
    await this.clickhouse.insert(tableOf(shop, 'model_watch'), watchColumns, row, 'background');
  }

  private async watched(shop: Shop, where: Sql): Promise<Watched[]> {
    const rows = await this.clickhouse.query<{ model: string; at: string; clock: string; customers: number; body: string }>(
      sql`SELECT model, at, clock, customers, body FROM ${tableOf(shop, 'model_watch')} WHERE ${where}`,
      'background',
    );
    return rows.map((row) => ({ ...row, at: instantOf(row.at).getTime(), clock: instantOf(row.clock).getTime() }));
  }
}

/** Written twice, a month is the same content; when it was known first is what counts. */
export function markedMonthsSql(shop: Shop, model?: string): Sql {
  const only = model === undefined ? sql`` : sql` AND model = ${model}`;
  return sql`SELECT model, at, min(clock) AS first, any(customers) AS customers
FROM ${tableOf(shop, 'model_watch')} WHERE kind = 'mark'${only} GROUP BY model, at ORDER BY model, at`;
}
