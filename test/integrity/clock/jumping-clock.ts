import type { HeadlineSnapshot, PipelineAnswer } from '#contracts';
import { demoShop } from '#simulation';
import { atLeast, exactly, Instance, openTestBroker, type Measure } from '#testing';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atRest, reached, worldStands } from '../answers.js';
import { demoFaults, endOfDemo } from '../demo.js';

const libraries = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1'];

/** Where shop time is when the machine's clock jumps, and by how many seconds it is off from then on: back, far ahead, right again. */
const jumps = [
  ['2024-06-01', -7_200],
  ['2025-03-01', 90_000],
  ['2025-10-01', 0],
  ['2026-01-03', -86_400],
  ['2026-01-05', 600],
] as const;
const lastDay = '2026-01-10';
/** Shop seconds per second once live: half a day. */
const speed = 43_200;
const lookMs = 100;

/**
 * The clock of an all-in-one jumps back and ahead while the world streams: what the machine says, not what time it takes. The broker is
 * elsewhere and keeps its own: Java does not run under libfaketime.
 */
export async function jumpingClock(work: string): Promise<Measure[]> {
  const library = libraries.find((each) => existsSync(each));
  if (library === undefined) throw new Error('libfaketime is missing, so no clock can jump: apt-get install faketime');
  const data = join(work, 'data');
  const offset = join(work, 'offset');
  const set = (seconds: number): Promise<void> => writeFile(offset, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  await mkdir(work, { recursive: true });
  await set(0);
  const broker = await openTestBroker();
  const env = {
    KAFKA_BROKERS: broker.bootstrap,
    ...{ LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: offset, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
    ...{ TIDELINE_SIMULATOR: 'on', TIDELINE_SIMULATOR_UNTIL: lastDay, TIDELINE_SIMULATOR_SPEED: String(speed) },
  };
  let instance: Instance | undefined;
  try {
    instance = await Instance.start(data, env);
    const seen = watch(instance);
    let jumped = 0;
    for (const [at, seconds] of jumps) {
      await reached(instance, Date.parse(at));
      const before = await clockOf(instance);
      await set(seconds);
      // Node makes the date of its answers once a second.
      await sleep(1_500);
      const expected = Date.now() + seconds * 1_000;
      const after = await clockOf(instance);
      jumped += Number(Math.abs(after - expected) < 5_000 && Math.abs(after - before) > 5_000);
    }
    await worldStands(instance.url);
    await atRest([instance], demoShop);
    const { looks, negative, periods } = await seen.stop();
    const { stored, cells, code } = await endOfDemo(instance, data);
    return [
      exactly('jumps that the program saw', jumped, 'jumps', jumps.length),
      atLeast('looks at the pipeline and the headline meanwhile', looks, 'looks', 20),
      exactly('lags and ages below zero', negative, 'looks', 0),
      exactly('periods "today" that do not hold shop time', periods, 'looks', 0),
      { measure: 'messages on the topics', value: stored.length, unit: 'messages', bar: null, ok: true },
      ...demoFaults('after them', stored, Date.parse(lastDay) - 1),
      exactly('cells that differ from the oracle', cells, 'cells', 0),
      exactly('stops that did not end with 0', Number(code !== 0), 'stops', 0),
    ];
  } finally {
    await instance?.stop();
    await broker.stop();
  }
}

/** The clock that the program goes by, in Unix milliseconds: it says when it answers. */
async function clockOf(instance: Instance): Promise<number> {
  const response = await fetch(new URL('/health/live', instance.url));
  return Date.parse(response.headers.get('date') ?? '');
}

/** Looks again and again at what people look at. */
function watch(instance: Instance): { stop(): Promise<{ looks: number; negative: number; periods: number }> } {
  const seen = { looks: 0, negative: 0, periods: 0 };
  let over = false;
  const look = async (): Promise<void> => {
    const { shops } = await instance.get<PipelineAnswer>('/api/v1/pipeline');
    const lags = shops.flatMap(({ partitions }) => partitions.map(({ lag }) => Number(lag ?? 0)));
    const headline = await instance.get<HeadlineSnapshot>(`/api/v1/shops/${demoShop}/rooms/headline?period=today`);
    seen.looks += 1;
    seen.negative += Number([...lags, headline.lagMs ?? 0].some((each) => each < 0));
    const { from, to } = headline.data;
    const [begin, now, end] = [from, headline.asOf, to].map((each) => (each === null ? Number.NaN : Date.parse(each)));
    seen.periods += Number(begin !== undefined && now !== undefined && end !== undefined && (now < begin || now > end));
  };
  const looking = (async () => {
    while (!over) {
      // Before the shop is there it has no headline.
      await look().catch(() => undefined);
      await sleep(lookMs);
    }
  })();
  return {
    stop: async () => {
      over = true;
      await looking;
      return seen;
    },
  };
}
