import { openServer, sql } from '#clickhouse';
import { demoShop } from '#simulation';
import { atLeast, exactly, openTestBroker, seen, type Measure } from '#testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { atRest, reached, worldStands } from '../answers.js';
import { demoCells, demoFaults, demoMessages } from '../demo.js';
import { rowsWritten, startApart, withProcesses } from '../processes.js';

const lastDay = '2026-02-15';
/** Shop seconds per second once live: half a day. The history takes half a minute, what follows one and a half. */
const speed = 43_200;
/** Beyond the session timeout of an ingestor's consumers: the group believes it dead. */
const asleepMs = 25_000;

/**
 * Ingestors of one shop that come and go while the world streams: a third one joins two, each of the first two is stopped (SIGSTOP) until
 * its group has given its partitions away, and wakes as a zombie; one leaves, one is killed, another one comes.
 */
export async function changingIngestors(work: string): Promise<Measure[]> {
  const broker = await openTestBroker();
  try {
    return await withProcesses(async (running) => {
      const world = { TIDELINE_SIMULATOR_UNTIL: lastDay, TIDELINE_SIMULATOR_SPEED: String(speed) };
      const { storeUrl, simulator, first, second, ingestor } = await startApart(work, broker.bootstrap, world, running);
      await reached(simulator, Date.parse('2024-06-01'));
      const third = await ingestor();
      let wentOn = 0;
      for (const sleeper of [first, second]) {
        sleeper.signal('SIGSTOP');
        await sleep(asleepMs);
        sleeper.signal('SIGCONT');
        // It is let go on for a while with what it believes.
        await sleep(3_000);
        wentOn += await sleeper.call('/health/live').then(
          () => 1,
          () => 0,
        );
      }
      const left = await second.end();
      await third.end('SIGKILL');
      const fourth = await ingestor();
      await worldStands(simulator.url);
      await atRest([first, fourth], demoShop);
      const stored = await demoMessages([broker.bootstrap]);
      const clickhouse = openServer(storeUrl);
      const [claims] = await clickhouse.query<{ claims: string }>(sql`SELECT count() AS claims FROM shop_demo.claims`);
      const cells = await demoCells(clickhouse, stored).finally(() => clickhouse.close());
      const wrote = await rowsWritten(fourth);
      return [
        exactly('ingestors that slept beyond their session and went on', wentOn, 'ingestors', 2),
        atLeast('turns of refreshing', Number(claims?.claims), 'turns', 3),
        atLeast('messages that the last comer wrote', wrote, 'messages', 1),
        exactly('ingestors that left in another way than with 0', Number(left !== 0), 'ingestors', 0),
        seen('messages on the topics', stored.length, 'messages'),
        ...demoFaults('after them', stored, Date.parse(lastDay) - 1),
        exactly('cells that differ from the oracle', cells, 'cells', 0),
      ];
    });
  } finally {
    await broker.stop();
  }
}
