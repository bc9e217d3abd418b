import { join, sql, type ClickHouse, type Sql } from '#clickhouse';
import { ledgerTables, ledgerTopics, type LedgerTopic } from '../ledger/ledger-tables.js';
import { before } from '../positions.js';
import { tableOf, type Shop } from '../shop.js';
import { instantOf } from '../watermark.repository.js';
import type { ReplaySelection } from './replay-plan.js';

/**
 * A place in the order of a replay: by the instant at which the shop knew a message, then by topic and place in the ledger, so that
 * the order is one and the same whenever it is asked for.
 */
export interface ReplayPlace {
  /** Unix milliseconds; 0 for a message without a readable `recordedtime`, which lies before all others. */
  readonly at: number;
  readonly topic: LedgerTopic;
  readonly partition: number;
  readonly epoch: number;
  readonly offset: bigint;
}

/** A message of the source's ledger. */
export interface ReplayRow extends ReplayPlace {
  readonly payload: string;
  readonly producedAt: Date;
}

/** What a selection comes to in one partition. */
export interface ReplaySurvey {
  readonly topic: LedgerTopic;
  readonly partition: number;
  readonly messages: number;
  readonly rejected: number;
  /** Of the messages as they stand in the ledger; 0 when it was not asked for. */
  readonly bytes: number;
  /** Messages of the partition that the ledger never got; they have no time, so all of them are named. */
  readonly lost: number;
  /** First and last instant among the accepted messages, Unix milliseconds. */
  readonly first: number | null;
  readonly last: number | null;
}

/** The rows of one topic that a selection takes. Accepted ticks are left out: a replay is the clock of its sandbox. */
function selected(topic: LedgerTopic, { from, to }: Pick<ReplaySelection, 'from' | 'to'>): Sql {
  return join(
    [
      topic === 'clock.v1' ? sql`verdict = 'rejected'` : sql`verdict != 'gap'`,
      ...(from === null ? [] : [sql`recorded_time >= ${new Date(from)}`]),
      ...(to === null ? [] : [sql`recorded_time < ${new Date(to)}`]),
    ],
    ' AND ',
  );
}

/**
 * Counts what a selection takes. A message that two processes wrote, at one place of the ledger, is one message.
 * @param withBytes reads every message, which takes longer than all else
 */
export function surveySql(source: Pick<Shop, 'database'>, selection: ReplaySelection, withBytes: boolean): Sql {
  const topics = topicsOf(selection);
  if (topics.length === 0) return sql`SELECT '' AS topic WHERE 0`;
  const perTopic = topics.map(
    (topic) => sql`SELECT ${topic} AS topic, partition, countIf(taken) AS messages, countIf(taken AND v = 'rejected') AS rejected,
    sumIf(b, taken) AS bytes, sum(m) AS lost,
    minOrNullIf(at, taken AND v = 'accepted') AS first, maxOrNullIf(at, taken AND v = 'accepted') AS last
FROM
(
    SELECT partition, any(${selected(topic, selection)}) AS taken, any(verdict) AS v, any(recorded_time) AS at,
        any(${withBytes ? sql`length(payload)` : sql`0`}) AS b, any(if(reason = 'lost-by-retention', missing, 0)) AS m
    FROM ${ledgerOf(source, topic)} WHERE ${known(topic, selection)}
    GROUP BY partition, epoch, offset SETTINGS optimize_aggregation_in_order = 1
)
GROUP BY partition`,
  );
  return sql`SELECT * FROM (${join(perTopic, ' UNION ALL ')}) ORDER BY topic, partition`;
}

/**
 * The last of the next so many places. Narrow columns only: messages are read for a stretch that is known.
 * @param topics those in which the selection has messages at all
 */
export function pageEndSql(
  source: Pick<Shop, 'database'>,
  selection: ReplaySelection,
  topics: readonly LedgerTopic[],
  after: ReplayPlace | undefined,
  limit: number,
): Sql {
  const perTopic = topics.map(
    (topic) => sql`SELECT ${ledgerTopics.indexOf(topic)} AS rank, partition, epoch, offset, recorded_time AS at
FROM ${ledgerOf(source, topic)} WHERE ${known(topic, selection)} AND ${selected(topic, selection)} AND ${later(topic, after)}
ORDER BY at, partition, epoch, offset LIMIT ${limit}`,
  );
  return sql`SELECT rank, partition, epoch, offset, at FROM
(SELECT * FROM (${join(perTopic, ' UNION ALL ')}) ORDER BY at, rank, partition, epoch, offset LIMIT ${limit})
ORDER BY at DESC, rank DESC, partition DESC, epoch DESC, offset DESC LIMIT 1`;
}

/** The messages after one place, up to another one, in order. Those longer than `inline` bytes come without their text. */
export function pageSql(
  source: Pick<Shop, 'database'>,
  selection: ReplaySelection,
  topics: readonly LedgerTopic[],
  after: ReplayPlace | undefined,
  end: ReplayPlace,
  inline: number,
): Sql {
  const perTopic = topics.map(
    (topic) => sql`SELECT ${ledgerTopics.indexOf(topic)} AS rank, partition, epoch, offset, recorded_time AS at, produced_at,
    length(payload) AS bytes, if(length(payload) > ${inline}, '', payload) AS body
FROM ${ledgerOf(source, topic)} WHERE ${known(topic, selection)} AND ${selected(topic, selection)} AND ${later(topic, after)} AND NOT (${later(topic, end)})`,
  );
  return sql`SELECT * FROM (${join(perTopic, ' UNION ALL ')}) ORDER BY at, rank, partition, epoch, offset`;
}

/** The texts of some messages of one topic. */
export function payloadsSql(source: Pick<Shop, 'database'>, topic: LedgerTopic, places: readonly ReplayPlace[]): Sql {
  return sql`SELECT partition, epoch, offset, payload FROM ${ledgerOf(source, topic)}
WHERE (partition, epoch, offset) IN ${places.map(({ partition, epoch, offset }) => [partition, epoch, offset])}`;
}

/** Bytes of messages that one page may hold in memory, about. */
const pageBytes = 8 * 1024 * 1024;
const fewest = 500;
const most = 20_000;

/** Reads a source's ledger in the order of a replay. */
export class ReplayReads {
  /** Messages of the next page; grows while they are small. */
  #rows = 2_000;

  constructor(private readonly clickhouse: ClickHouse) {}

  async survey(source: Pick<Shop, 'database'>, selection: ReplaySelection, withBytes = false): Promise<ReplaySurvey[]> {
    const rows = await this.clickhouse.query<
      Record<'messages' | 'rejected' | 'bytes' | 'lost', string> & {
        topic: LedgerTopic;
        partition: number;
        first: string | null;
        last: string | null;
      }
    >(surveySql(source, selection, withBytes));
    const at = (text: string | null): number | null => (text === null ? null : instantOf(text).getTime());
    return rows.map((row) => ({
      ...{ topic: row.topic, partition: row.partition, messages: Number(row.messages), rejected: Number(row.rejected) },
      ...{ bytes: Number(row.bytes), lost: Number(row.lost), first: at(row.first), last: at(row.last) },
    }));
  }

  /**
   * The messages that follow a place, some thousands of them; none when there are none.
   * @param topics those in which the selection has messages at all
   */
  async page(
    source: Pick<Shop, 'database'>,
    selection: ReplaySelection,
    topics: readonly LedgerTopic[],
    after: ReplayPlace | undefined,
  ): Promise<ReplayRow[]> {
    if (topics.length === 0) return [];
    const [last] = await this.clickhouse.query<PlaceRow>(pageEndSql(source, selection, topics, after, this.#rows));
    if (!last) return [];
    const inline = Math.floor((8 * pageBytes) / this.#rows);
    const found = await this.clickhouse.query<PlaceRow & { produced_at: string; bytes: string; body: string }>(
      pageSql(source, selection, topics, after, placeOf(last), inline),
    );
    const once = found.filter((row, index) => index === 0 || !samePlace(row, found[index - 1]));
    const rows = once.map((row) => ({ ...placeOf(row), payload: row.body, producedAt: instantOf(row.produced_at) }));
    const sizes = once.map(({ bytes }) => Number(bytes));
    await this.fill(
      source,
      rows.flatMap((row, index) => ((sizes[index] ?? 0) > inline ? [{ row, bytes: sizes[index] ?? 0 }] : [])),
    );
    const bytes = sizes.reduce((sum, each) => sum + each, 0);
    this.#rows = Math.max(fewest, Math.min(most, Math.floor((this.#rows * pageBytes) / Math.max(bytes, pageBytes / 2))));
    return rows;
  }

  /** Reads the texts that were too long for their page, a few at a time. */
  private async fill(
    source: Pick<Shop, 'database'>,
    long: readonly { readonly row: { payload: string } & ReplayPlace; readonly bytes: number }[],
  ): Promise<void> {
    for (let start = 0; start < long.length;) {
      const [first] = long.slice(start);
      const some: (typeof long)[number][] = [];
      let bytes = 0;
      for (const each of long.slice(start)) {
        if (each.row.topic !== first?.row.topic || (some.length > 0 && bytes + each.bytes > pageBytes)) break;
        some.push(each);
        bytes += each.bytes;
      }
      start += some.length;
      if (!first) return;
      const places = some.map(({ row }) => row);
      const texts = await this.clickhouse.query<{ partition: number; epoch: number; offset: string; payload: string }>(
        payloadsSql(source, first.row.topic, places),
      );
      const byPlace = new Map(texts.map((each) => [`${each.partition} ${each.epoch} ${each.offset}`, each.payload]));
      for (const row of places) row.payload = byPlace.get(`${row.partition} ${row.epoch} ${row.offset}`) ?? '';
    }
  }
}

interface PlaceRow {
  rank: number;
  partition: number;
  epoch: number;
  offset: string;
  at: string;
}

function placeOf({ rank, partition, epoch, offset, at }: PlaceRow): ReplayPlace {
  const topic = ledgerTopics[rank] ?? 'clock.v1';
  return { at: instantOf(at).getTime(), topic, partition, epoch, offset: BigInt(offset) };
}

/** Two processes may have written one place, with the same content. */
function samePlace(a: PlaceRow, b: PlaceRow | undefined): boolean {
  return a.rank === b?.rank && a.partition === b.partition && a.epoch === b.epoch && a.offset === b.offset;
}

function ledgerOf(source: Pick<Shop, 'database'>, topic: LedgerTopic): Sql {
  return tableOf(source, ledgerTables[topic].table);
}

function topicsOf({ positions }: ReplaySelection): LedgerTopic[] {
  return ledgerTopics.filter((topic) => positions.some((each) => each.topic === topic));
}

function known(topic: LedgerTopic, { positions }: ReplaySelection): Sql {
  return before(positions.filter((each) => each.topic === topic));
}

/** Rows of a topic that lie after a place. The instant stands alone in front: by it the engine leaves out what it need not read. */
function later(topic: LedgerTopic, place: ReplayPlace | undefined): Sql {
  if (!place) return sql`1`;
  const at = new Date(place.at);
  const order = ledgerTopics.indexOf(topic) - ledgerTopics.indexOf(place.topic);
  if (order > 0) return sql`recorded_time >= ${at}`;
  if (order < 0) return sql`recorded_time > ${at}`;
  return sql`(recorded_time > ${at} OR (recorded_time = ${at} AND (partition, epoch, offset) > (${place.partition}, ${place.epoch}, ${place.offset})))`;
}
