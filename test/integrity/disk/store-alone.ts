import { ident, openServer, sql, type ClickHouse } from '#clickhouse';
import { demoShop } from '#simulation';
import { atLeast, atMost, exactly, openTestBroker, seen, SmallDisk, type Measure, until } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atRest, reached, worldStands } from '../answers.js';
import { demoCells, demoFaults, demoMessages } from '../demo.js';
import { startApart, withProcesses } from '../processes.js';
import { full, secondsToCatchUp, secondsToMove, spoke, watching } from './watch.js';

const mebibytes = 320;
const lastDay = '2026-02-10';
/** Shop seconds per second once live: half a day. */
const speed = 43_200;
/** Beyond the pauses between attempts. */
const fullMs = 6_000;
/** From room until figures go on; live also until nothing waits. */
const barSeconds = 15;
const database = `shop_${demoShop}`;

/**
 * The store's directory on a disk that is full twice: in the middle of inserts while the history is read, and in the middle of merges of
 * every table while the world is live. The broker has room.
 */
export async function storeAlone(work: string): Promise<Measure[]> {
  const disk = await SmallDisk.mount(join(work, 'store'), mebibytes);
  const broker = await openTestBroker();
  try {
    return await withProcesses(async (running) => {
      try {
        const world = { TIDELINE_SIMULATOR_UNTIL: lastDay, TIDELINE_SIMULATOR_SPEED: String(speed) };
        const { storeUrl, simulator, first, second } = await startApart(work, broker.bootstrap, world, running);
        const clickhouse = openServer(storeUrl);
        const ingestors = [first, second];
        try {
          await reached(simulator, Date.parse('2024-06-01'));
          const inInserts = await watching(ingestors, () => full(disk, () => sleep(fullMs)));
          const afterInserts = await secondsToMove(ingestors, demoShop);
          await reached(simulator, Date.parse('2026-01-02'));
          await secondsToCatchUp(ingestors, demoShop);
          const before = await counts(clickhouse);
          let merging = 0;
          const inMerges = await watching(ingestors, async () => {
            // A table that finds no room fails, and so it should.
            const merges = mergeAll(clickhouse).catch(() => undefined);
            await until(async () => (merging = (await counts(clickhouse)).merges) > 0, 'a merge is under way', { everyMs: 0 });
            await full(disk, () => Promise.all([merges, sleep(fullMs)]));
          });
          const afterMerges = await secondsToCatchUp(ingestors, demoShop);
          const after = await counts(clickhouse);
          await worldStands(simulator.url);
          await atRest(ingestors, demoShop);
          const stored = await demoMessages([broker.bootstrap]);
          const cells = await demoCells(clickhouse, stored);
          let faults = 0;
          for (const each of [...running].reverse()) if ((await each.end()) !== 0) faults += 1;
          return [
            atLeast('statements refused for want of room, in inserts', before.refused, 'statements', 1),
            atLeast('statements refused for want of room, in merges', after.refused - before.refused, 'statements', 1),
            atLeast('merges under way when the room went', merging, 'merges', 1),
            seen('writes that the engine dropped', after.dropped, 'writes'),
            ...spoke('in inserts', inInserts),
            ...spoke('in merges', inMerges, false),
            atMost('from room until figures go on, after inserts', afterInserts, 's', barSeconds),
            atMost('from room until nothing waits, after merges', afterMerges, 's', barSeconds),
            seen('messages on the topics', stored.length, 'messages'),
            ...demoFaults('after it', stored, Date.parse(lastDay) - 1),
            exactly('cells that differ from the oracle', cells, 'cells', 0),
            exactly('processes that did not end with 0', faults, 'processes', 0),
          ];
        } finally {
          await clickhouse.close();
        }
      } finally {
        // They are to end on a disk that takes what they write.
        await disk.room();
      }
    });
  } finally {
    await broker.stop();
    await disk.unmount();
  }
}

/** Every table of the shop into one part, all at once. */
async function mergeAll(clickhouse: ClickHouse): Promise<void> {
  const tables = await clickhouse.query<{ name: string }>(
    sql`SELECT name FROM system.tables WHERE database = ${database} AND engine LIKE '%MergeTree%' AND name NOT LIKE '.%'`,
  );
  await Promise.allSettled(tables.map(({ name }) => clickhouse.command(sql`OPTIMIZE TABLE ${ident(database, name)} FINAL`)));
}

interface Counts {
  readonly merges: number;
  /** Statements that found no room, since the store was opened. */
  readonly refused: number;
  /** Writes that the system refused and the engine dropped. */
  readonly dropped: number;
}

async function counts(clickhouse: ClickHouse): Promise<Counts> {
  const [row] = await clickhouse.query<Record<keyof Counts, string>>(sql`SELECT (SELECT count() FROM system.merges) AS merges,
    (SELECT sum(value) FROM system.errors WHERE name = 'NOT_ENOUGH_SPACE') AS refused,
    (SELECT sum(value) FROM system.events WHERE event = 'WriteBufferFromFileDescriptorWriteFailed') AS dropped`);
  return { merges: Number(row?.merges), refused: Number(row?.refused), dropped: Number(row?.dropped) };
}
