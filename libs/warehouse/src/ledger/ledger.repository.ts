import { join, sql, type ClickHouse, type Sql } from '#clickhouse';
import { after, type Position } from '../positions.js';
import { tableOf, type Shop } from '../shop.js';
import { LedgerTail } from './ledger-tail.js';
import { ledgerColumns, ledgerTables, ledgerTopics, type LedgerRow, type LedgerTopic } from './ledger-tables.js';

/** Where the ledger of one partition ends. */
export interface LedgerHead {
  readonly topic: LedgerTopic;
  readonly partition: number;
  readonly epoch: number;
  /** The offset after the last one the ledger holds in this epoch. */
  readonly next: bigint;
  /** Rows after the positions asked for, and the latest `recordedtime` among the accepted ones. */
  readonly rows: number;
  readonly recorded: string | null;
}

/** A message as the ledger keeps it: what shows that a topic still holds the same one. */
export interface KeptMessage {
  readonly offset: bigint;
  /** The broker's record timestamp, `2011-12-09 12:50:00.000` in UTC. */
  readonly producedAt: string;
  readonly payload: string;
}

/** A tick of a shop's clock as the ledger holds it. */
export interface LedgerTick {
  readonly now: string;
  readonly speed: number;
  /** Full topic name and partition, `demo.transactions.v1-0` -> the next offset when the tick was made. */
  readonly offsets: Readonly<Record<string, string>>;
}

/**
 * Offsets of one partition and epoch, for the audit: `distinct` plus `missing` should be `last - first + 1`. An epoch that was opened and
 * has no message yet ends at -1.
 */
export interface LedgerSpan {
  readonly topic: LedgerTopic;
  readonly partition: number;
  readonly epoch: number;
  readonly first: bigint;
  readonly last: bigint;
  readonly distinct: bigint;
  readonly missing: bigint;
}

/** L0: appends batches and answers where each partition stands. */
export class LedgerRepository {
  /** What was appended last. */
  readonly tail = new LedgerTail();

  constructor(private readonly clickhouse: ClickHouse) {}

  /** Writes rows of one topic as one block. Rejected and gap rows keep the defaults in the typed columns. */
  async append(shop: Shop, topic: LedgerTopic, rows: readonly LedgerRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.clickhouse.insertRows(tableOf(shop, ledgerTables[topic].table), ledgerColumns[topic], rows, 'writer');
    this.tail.add(shop, topic, rows);
  }

  /** Grows when the shop's ledger may have been written; undefined where other processes may write it. See `ClickHouse.writesTo`. */
  writes(shop: Shop): number | undefined {
    return this.clickhouse.writesTo(...ledgerTopics.map((topic) => tableOf(shop, ledgerTables[topic].table)));
  }

  /** The end of every partition that has rows at or after `positions`; pass `[]` for all. */
  async heads(shop: Shop, positions: readonly Position[] = []): Promise<LedgerHead[]> {
    const perTopic = ledgerTopics.map(
      (topic) => sql`SELECT ${topic} AS topic, partition, epoch, offset, verdict, missing, recorded_time
    FROM ${tableOf(shop, ledgerTables[topic].table)}
    WHERE ${after(positions.filter((each) => each.topic === topic))}`,
    );
    // Grouped as one: a GROUP BY for each topic took a third longer to plan than all of it takes.
    const rows = await this.clickhouse.query<Omit<LedgerHead, 'next'> & { next: string }>(
      sql`SELECT topic, partition, epoch, toString(max(offset + if(verdict = 'gap', missing, 1))) AS next, toUInt32(count()) AS rows,
    maxOrNullIf(recorded_time, verdict = 'accepted') AS recorded
FROM
(
    ${join(perTopic, ' UNION ALL ')}
)
GROUP BY topic, partition, epoch
ORDER BY topic, partition, epoch`,
      'refresher',
    );
    return rows.map((row) => ({ ...row, next: BigInt(row.next) }));
  }

  /** Where to go on with one partition: the newest epoch's end, or undefined when the ledger holds nothing of it. */
  async head(shop: Shop, topic: LedgerTopic, partition: number): Promise<{ epoch: number; next: bigint } | undefined> {
    const [row] = await this.clickhouse.query<{ epoch: number; next: string }>(
      sql`SELECT epoch, toString(max(offset + if(verdict = 'gap', missing, 1))) AS next
FROM ${tableOf(shop, ledgerTables[topic].table)} WHERE partition = ${partition}
GROUP BY epoch ORDER BY epoch DESC LIMIT 1`,
      'writer',
    );
    return row && { epoch: row.epoch, next: BigInt(row.next) };
  }

  /** The last message of a partition in an epoch; undefined where it has none. */
  async lastMessage(shop: Shop, topic: LedgerTopic, partition: number, epoch: number): Promise<KeptMessage | undefined> {
    const [table, place] = [
      tableOf(shop, ledgerTables[topic].table),
      sql`partition = ${partition} AND epoch = ${epoch} AND verdict != 'gap'`,
    ];
    // The payload is read of one row: ordering by the offset would read those of a thousand.
    const [row] = await this.clickhouse.query<{ at: string; produced_at: string; payload: string }>(
      sql`SELECT toString(offset) AS at, produced_at, payload FROM ${table}
WHERE ${place} AND offset = (SELECT max(offset) FROM ${table} WHERE ${place}) LIMIT 1`,
      'writer',
    );
    return row && { offset: BigInt(row.at), producedAt: row.produced_at, payload: row.payload };
  }

  /** Rows between two sets of positions and the latest `recordedtime` among the accepted ones. */
  async freshness(shop: Shop, range: (topic: LedgerTopic) => Sql): Promise<{ rows: number; recorded: string | null }> {
    const perTopic = ledgerTopics.map(
      (topic) => sql`SELECT count() AS rows, maxOrNullIf(recorded_time, verdict = 'accepted') AS recorded
FROM ${tableOf(shop, ledgerTables[topic].table)} WHERE ${range(topic)}`,
    );
    const [row] = await this.clickhouse.query<{ rows: string; recorded: string | null }>(
      sql`SELECT sum(rows) AS rows, max(recorded) AS recorded FROM (${join(perTopic, ' UNION ALL ')})`,
      'refresher',
    );
    return { rows: Number(row?.rows ?? 0), recorded: row?.recorded ?? null };
  }

  /** Ticks of the shop's clock in a range of the ledger, newest first. */
  async ticks(shop: Shop, range: Sql, limit: number): Promise<LedgerTick[]> {
    return this.clickhouse.query<LedgerTick>(
      sql`SELECT now, speed, mapApply((place, next) -> (place, toString(next)), offsets) AS offsets
FROM ${tableOf(shop, ledgerTables['clock.v1'].table)} WHERE ${range} AND verdict = 'accepted' ORDER BY epoch DESC, offset DESC LIMIT ${limit}`,
      'refresher',
    );
  }

  /** Spans for the audit, from the ledger up to what is written now. */
  async spans(shop: Shop): Promise<LedgerSpan[]> {
    const rows = await this.clickhouse.query<
      Record<'topic' | 'first' | 'last' | 'distinct' | 'missing', string> & { partition: number; epoch: number }
    >(
      // Qualified: an alias may not stand inside the aggregates that follow it.
      sql`SELECT l.topic AS topic, l.partition AS partition, l.epoch AS epoch, min(l.offset) AS first,
    max(l.offset + if(l.verdict = 'gap', l.missing, 1)) - 1 AS last, uniqExactIf(l.offset, l.verdict != 'gap') AS distinct, sum(l.missing) AS missing
FROM ${tableOf(shop, 'ledger')} AS l GROUP BY topic, partition, epoch ORDER BY topic, partition, epoch`,
    );
    return rows.map((row) => ({
      topic: row.topic as LedgerTopic,
      partition: row.partition,
      epoch: row.epoch,
      first: BigInt(row.first),
      last: BigInt(row.last),
      distinct: BigInt(row.distinct),
      missing: BigInt(row.missing),
    }));
  }

  /** Rejected messages by topic and reason, and gaps. The beginning of an epoch is neither. */
  async deadLetters(shop: Shop): Promise<{ topic: string; reason: string; messages: string }[]> {
    return this.clickhouse.query(sql`SELECT topic, reason, count() AS messages FROM ${tableOf(shop, 'ledger')}
WHERE verdict = 'rejected' OR missing > 0 GROUP BY topic, reason ORDER BY topic, reason`);
  }
}
