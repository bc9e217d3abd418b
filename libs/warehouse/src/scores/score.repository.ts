import { join, ident, sql, type ClickHouse, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import { instantOf } from '../watermark.repository.js';
import {
  decisionColumns,
  decisionOf,
  stateOf,
  textOfState,
  valuesOf,
  type DecisionRow,
  type HeldBand,
  type ScoreDecision,
  type ScoreRole,
  type ScorerState,
  type Standing,
} from './score-rows.js';

/** Bits of a sequence below the scorer's own number: who takes a shop over writes above all former ones. */
const counterBits = 40n;
/** A move has a column for when; everything else has this. */
const noInstant = '1970-01-01 00:00:00.000';
const columns = ['role', 'kind', 'customer_id', 'moved_at', 'moved_to', 'sequence', 'ordinal', ...decisionColumns, 'state'];
const nothing: readonly unknown[] = ['', noInstant, 'event', 0, 'none', 'none', 0, '0', [], null, 0];

/** A batch of decisions: what is written at once. */
export interface ScoreBatch {
  readonly role: ScoreRole;
  readonly sequence: bigint;
  readonly state: ScorerState;
  /** In the order in which they were made; the last one on a customer is the newest. */
  readonly decisions: readonly ScoreDecision[];
}

/** Where a scorer goes on. */
export interface ScorerStart {
  readonly state: ScorerState | undefined;
  /** First sequence of this scorer. */
  readonly sequence: bigint;
}

/** A changed band that is to be told, with the batch it belongs to. */
export interface StoredMove {
  readonly sequence: bigint;
  readonly decision: ScoreDecision;
}

/** Whether a decision is told of: the band is another one, and there is one. */
export const isMove = ({ band, previousBand }: Pick<ScoreDecision, 'band' | 'previousBand'>): boolean =>
  band !== 'none' && band !== previousBand;

/** The scorer's tables of a shop. */
export class ScoreRepository {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** How far a role has come, and where this scorer's sequence begins: above everything that was ever written. */
  async start(shop: Shop, role: ScoreRole): Promise<ScorerStart> {
    const rows = await this.clickhouse.query<{ state: string }>(
      sql`SELECT state FROM ${this.table(shop)} FINAL WHERE role = ${role} AND kind = 'checkpoint'`,
    );
    const [last] = await this.clickhouse.query<{ last: string }>(sql`SELECT max(sequence) AS last FROM ${this.table(shop)}`);
    const state = rows[0] && stateOf(rows[0].state);
    return { state, sequence: ((BigInt(last?.last ?? 0) >> counterBits) + 1n) << counterBits };
  }

  /** The newest decision on every customer, those of customers without a score left out. */
  async standings(shop: Shop, role: ScoreRole): Promise<Standing[]> {
    const rows = await this.clickhouse.query<{ customer_id: string; band: HeldBand; decided_at: string; next_crossing: string | null }>(
      sql`SELECT customer_id, band, decided_at, next_crossing FROM ${this.table(shop)} FINAL WHERE role = ${role} AND kind = 'score' ORDER BY customer_id`,
    );
    return rows.map((row) => ({
      customerId: row.customer_id,
      band: row.band,
      decidedAt: instantOf(row.decided_at).getTime(),
      nextCrossing: row.next_crossing === null ? undefined : instantOf(row.next_crossing).getTime(),
    }));
  }

  /** One insert, one part: the batch is there or it is not. */
  async write(shop: Shop, { role, sequence, state, decisions }: ScoreBatch): Promise<void> {
    const newest = new Map(decisions.map((decision) => [decision.customerId, decision]));
    const line = (kind: string, customer: string, at: string, to: string, ordinal: number, values: readonly unknown[], text = ''): string =>
      JSON.stringify([role, kind, customer, at, to, sequence.toString(), ordinal, ...values, text]);
    const lines = [
      line('checkpoint', '', noInstant, 'none', 0, nothing, textOfState(state)),
      ...[...newest.values()].map((decision) => line('score', decision.customerId, noInstant, 'none', 0, valuesOf(decision))),
      ...decisions.filter(isMove).map((decision, ordinal) => {
        const values = valuesOf(decision);
        return line('move', decision.customerId, String(values[1]), decision.band, ordinal, values);
      }),
    ];
    await this.clickhouse.insert(this.table(shop), columns, lines.join('\n'), 'background');
  }

  /** The moves of batches up to `sequence` have reached the topic. */
  async sent(shop: Shop, role: ScoreRole, sequence: bigint): Promise<void> {
    const row = JSON.stringify([role, 'sent', '', noInstant, 'none', sequence.toString(), 0, ...nothing, '']);
    await this.clickhouse.insert(this.table(shop), columns, row, 'background');
  }

  /** Moves that are not known to have reached the topic, batch by batch in the order in which they were decided. */
  async unsent(shop: Shop): Promise<StoredMove[]> {
    const table = this.table(shop);
    const rows = await this.clickhouse.query<DecisionRow & { sequence: string }>(
      sql`SELECT sequence, customer_id, ${this.columns()} FROM ${table} FINAL
WHERE role = 'active' AND kind = 'move' AND sequence > (SELECT max(sequence) FROM ${table} WHERE role = 'active' AND kind = 'sent')
ORDER BY sequence, ordinal`,
    );
    return rows.map((row) => ({ sequence: BigInt(row.sequence), decision: decisionOf(row) }));
  }

  private columns(): Sql {
    return join(decisionColumns.map((column) => ident(column)));
  }

  private table(shop: Shop): Sql {
    return tableOf(shop, 'churn_scores');
  }
}
