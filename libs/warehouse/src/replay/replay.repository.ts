import { ident, sql, systemDatabase, type ClickHouse } from '#clickhouse';
import type { LedgerTopic } from '../ledger/ledger-tables.js';
import { instantOf, textOf } from '../watermark.repository.js';
import type { Shop } from '../shop.js';
import type { ReplayPlan, ReplayTurn, ReplayTurns } from './replay-plan.js';

const table = ident(systemDatabase, 'replays');
const turnsTable = ident(systemDatabase, 'replay_turns');

interface PlanRow {
  source: string;
  source_database: string;
  from_time: string | null;
  to_time: string | null;
  starts_at: string | null;
  ends_at: string | null;
  topics: LedgerTopic[];
  partitions: number[];
  epochs: number[];
  nexts: string[];
  end_topics: LedgerTopic[];
  end_partitions: number[];
  end_messages: string[];
  asked_by: string;
  asked_at: string;
}

/** What replays are to do, and what was said to them since. A replay goes by the database of its sandbox. */
export class ReplayRepository {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** Written before the sandbox is registered: a sandbox without a plan would stand there empty and say nothing. */
  async add(database: string, plan: ReplayPlan, speed: number | null): Promise<void> {
    const { source, selection, ends } = plan;
    const row = [
      database,
      source.shop,
      source.database,
      ...[selection.from, selection.to, plan.startsAt, plan.endsAt].map((at) => (at === null ? null : textOf(new Date(at)))),
      selection.positions.map(({ topic }) => topic),
      selection.positions.map(({ partition }) => partition),
      selection.positions.map(({ epoch }) => epoch),
      selection.positions.map(({ next }) => next.toString()),
      ends.map(({ topic }) => topic),
      ends.map(({ partition }) => partition),
      ends.map(({ messages }) => messages),
      plan.askedBy,
      textOf(new Date(plan.askedAt)),
    ];
    const columns = ['database', 'source', 'source_database', 'from_time', 'to_time', 'starts_at', 'ends_at'];
    const nested = ['positions.topic', 'positions.partition', 'positions.epoch', 'positions.next'];
    const rest = ['ends.topic', 'ends.partition', 'ends.messages', 'asked_by', 'asked_at'];
    await this.turn(database, { turn: 'speed', speed }, plan.askedBy);
    await this.clickhouse.insert(table, [...columns, ...nested, ...rest], JSON.stringify(row));
  }

  /** The plan of a sandbox; one that was written before it, and whose sandbox never came, does not count. */
  async plan(sandbox: Pick<Shop, 'database'>): Promise<ReplayPlan | undefined> {
    const [row] = await this.clickhouse.query<PlanRow>(sql`SELECT source, source_database, from_time, to_time, starts_at, ends_at,
    positions.topic AS topics, positions.partition AS partitions, positions.epoch AS epochs, positions.next AS nexts,
    ends.topic AS end_topics, ends.partition AS end_partitions, ends.messages AS end_messages, asked_by, asked_at
FROM ${table} WHERE database = ${sandbox.database} ORDER BY asked_at DESC LIMIT 1`);
    return row && planOf(row);
  }

  /** Says something to a replay. */
  async turn(database: string, turn: ReplayTurn, saidBy: string): Promise<void> {
    const speed = turn.turn === 'speed' ? (turn.speed ?? 0) : 0;
    const detail = turn.turn === 'broken' ? turn.detail : '';
    await this.clickhouse.command(
      sql`INSERT INTO ${turnsTable} VALUES (${database}, now64(6), ${turn.turn}, ${speed}, ${detail}, ${saidBy})`,
    );
  }

  /** What all that was said to a replay comes to. */
  async turns(sandbox: Pick<Shop, 'database'>): Promise<ReplayTurns> {
    const rows = await this.clickhouse.query<{ turn: ReplayTurn['turn']; speed: number; detail: string }>(
      sql`SELECT turn, speed, detail FROM ${turnsTable} WHERE database = ${sandbox.database} ORDER BY at`,
    );
    return rows.reduce<ReplayTurns>(
      (now, { turn, speed, detail }) => ({
        speed: turn === 'speed' ? (speed === 0 ? null : speed) : now.speed,
        paused: turn === 'paused' || (now.paused && turn !== 'resumed'),
        broken: turn === 'broken' ? detail : now.broken,
      }),
      { speed: null, paused: false, broken: null },
    );
  }
}

function planOf(row: PlanRow): ReplayPlan {
  const at = (text: string | null): number | null => (text === null ? null : instantOf(text).getTime());
  return {
    source: { shop: row.source, database: row.source_database },
    selection: {
      from: at(row.from_time),
      to: at(row.to_time),
      positions: row.topics.map((topic, index) => ({
        topic,
        partition: row.partitions[index] ?? 0,
        epoch: row.epochs[index] ?? 0,
        next: BigInt(row.nexts[index] ?? 0),
      })),
    },
    ends: row.end_topics.map((topic, index) => ({
      topic,
      partition: row.end_partitions[index] ?? 0,
      messages: Number(row.end_messages[index] ?? 0),
    })),
    startsAt: at(row.starts_at),
    endsAt: at(row.ends_at),
    askedBy: row.asked_by,
    askedAt: instantOf(row.asked_at).getTime(),
  };
}
