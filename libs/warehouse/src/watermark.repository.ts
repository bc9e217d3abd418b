import { sql, type ClickHouse } from '#clickhouse';
import type { LedgerTopic } from './ledger/ledger-tables.js';
import type { Position } from './positions.js';
import { tableOf, type Shop } from './shop.js';

/**
 * Figures move at two levels: facts and the headline follow the ledger at once (`live`), everything with dimensions or customers
 * is brought to the same place at most once a second (`settled`). Each level is exact for its own watermark.
 */
export type Level = 'live' | 'settled';

/** `checkpoint` is the live level at most a second ago, on disk: the live watermark itself ends with the engine. */
type Mark = Level | 'checkpoint';

const tables: Readonly<Record<Mark, string>> = { live: 'watermark_live', settled: 'watermark', checkpoint: 'live_checkpoints' };

/** What is wholly in the tables of a level: everything of the ledger before `positions`. */
export interface Watermark {
  readonly generation: bigint;
  /** The shop's time, or null while it has none. */
  readonly clock: Date | null;
  readonly positions: readonly Position[];
  readonly committedAt: Date;
}

/** Where a level stands, for readers that a refresher elsewhere does not keep out. */
export interface Standing {
  readonly watermark: Watermark | undefined;
  /** A later generation was begun and is not committed: tables of the level may be of two generations. */
  readonly moving: boolean;
}

/** The rows that say how far the figures are, one per level. */
export class WatermarkRepository {
  constructor(private readonly clickhouse: ClickHouse) {}

  /**
   * The newest watermark, or undefined before the first refresh. The live one ends with the engine: until there is another, the newest that
   * is on disk stands for it, which is as far as the live level is known to be whole.
   */
  async read(shop: Shop, level: Mark = 'settled', lane: 'reader' | 'refresher' = 'reader'): Promise<Watermark | undefined> {
    const [row] = await this.clickhouse.query<{
      generation: string;
      clock: string | null;
      topics: LedgerTopic[];
      partitions: number[];
      epochs: number[];
      nexts: string[];
      committed_at: string;
    }>(
      sql`SELECT generation, clock, positions.topic AS topics, positions.partition AS partitions, positions.epoch AS epochs,
    positions.next AS nexts, committed_at
FROM ${tableOf(shop, tables[level])} ORDER BY generation DESC LIMIT 1`,
      lane,
    );
    if (!row)
      return level === 'live' ? newest([await this.read(shop, 'settled', lane), await this.read(shop, 'checkpoint', lane)]) : undefined;
    return {
      generation: BigInt(row.generation),
      clock: row.clock === null ? null : instantOf(row.clock),
      positions: row.topics.map((topic, index) => ({
        topic,
        partition: row.partitions[index] ?? 0,
        epoch: row.epochs[index] ?? 0,
        next: BigInt(row.nexts[index] ?? 0),
      })),
      committedAt: instantOf(row.committed_at),
    };
  }

  /** The newest watermark, and whether somebody is about to move the level, or died while doing so. */
  async standing(shop: Shop, level: Level): Promise<Standing> {
    // First what was begun: a step that ends in between would look as if it moved, never one that moves as if it stood.
    const begun = await this.begun(shop, level);
    const watermark = await this.read(shop, level);
    return { watermark, moving: begun > (watermark?.generation ?? 0n) };
  }

  /** The newest generation that somebody began to write, which may be written by now. */
  async begun(shop: Shop, level: Level): Promise<bigint> {
    const [row] = await this.clickhouse.query<{ begun: string }>(
      sql`SELECT max(generation) AS begun FROM ${tableOf(shop, 'write_phases')} WHERE level = ${level}`,
      'reader',
    );
    return BigInt(row?.begun ?? 0);
  }

  /** Says that a generation is about to be written, to the readers of other processes. Where there are none it costs nothing. */
  async begin(shop: Shop, level: Level, generation: bigint): Promise<void> {
    if (!this.clickhouse.shared) return;
    const row = JSON.stringify([level, generation.toString()]);
    await this.clickhouse.insert(tableOf(shop, 'write_phases'), ['level', 'generation'], row, 'refresher');
  }

  /** Written last in a step: from here on readers may trust everything before it. A checkpoint is for the next start alone. */
  async write(shop: Shop, level: Mark, watermark: Watermark, ledgerRows: number): Promise<void> {
    const row = [
      shop.shop,
      watermark.generation.toString(),
      watermark.clock === null ? null : textOf(watermark.clock),
      watermark.positions.map((each) => each.topic),
      watermark.positions.map((each) => each.partition),
      watermark.positions.map((each) => each.epoch),
      watermark.positions.map((each) => each.next.toString()),
      ledgerRows,
      textOf(watermark.committedAt),
    ];
    const columns = [
      'shop',
      'generation',
      'clock',
      'positions.topic',
      'positions.partition',
      'positions.epoch',
      'positions.next',
      'ledger_rows',
      'committed_at',
    ];
    // Not asked for: should the disk not take it, the start after a crash does the step again, and until then the next one stands here.
    await this.clickhouse.unit().insert(tableOf(shop, tables[level]), columns, JSON.stringify(row), 'refresher');
  }
}

/** The watermark of the highest generation; of equal ones the first. */
export function newest(watermarks: readonly (Watermark | undefined)[]): Watermark | undefined {
  return watermarks.reduce((best, each) => (each && each.generation > (best?.generation ?? -1n) ? each : best), undefined);
}

/** `2011-12-09 12:50:00.000` (UTC, the fraction may be missing) as a Date. Number by number: asked of every order, `Date.parse` takes ten times as long. */
export function instantOf(text: string): Date {
  const of = (from: number, to: number): number => Number(text.slice(from, to));
  return new Date(Date.UTC(of(0, 4), of(5, 7) - 1, of(8, 10), of(11, 13), of(14, 16), of(17, 19), of(20, 23)));
}

/** A Date as ClickHouse writes it, in UTC. */
export function textOf(at: Date): string {
  return at.toISOString().slice(0, 23).replace('T', ' ');
}
