import type { PipelineAnswer } from '#contracts';
import { atLeast, type Measure, type SmallDisk, seen, until } from '#testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api } from '../answers.js';

const everyMs = 100;

/** What a product said of itself while something was wrong. */
export interface Said {
  /** `ledger-failed: A batch could not be written ...`: the first of each code. */
  readonly alarms: ReadonlyMap<string, string>;
  /** How often `/health/ready` said 503. */
  readonly notReady: number;
  /** How often nothing answered. */
  readonly silent: number;
}

/** Looks at all of these again and again while `work` goes on. */
export async function watching(apis: readonly Api[], work: () => Promise<void>): Promise<Said> {
  const alarms = new Map<string, string>();
  let [notReady, silent, over] = [0, 0, false];
  const look = async (api: Api): Promise<void> => {
    while (!over) {
      try {
        if ((await fetch(new URL('/health/ready', api.url))).status === 503) notReady += 1;
        for (const { code, message } of (await api.get<PipelineAnswer>('/api/v1/pipeline')).alarms)
          if (!alarms.has(code)) alarms.set(code, message);
      } catch {
        silent += 1;
      }
      await sleep(everyMs);
    }
  };
  const looking = apis.map(look);
  try {
    await work();
  } finally {
    over = true;
    await Promise.all(looking);
  }
  return { alarms, notReady, silent };
}

/** Waits until a shop's figures go on from where they stand. @returns seconds */
export async function secondsToMove(apis: readonly Api[], shop: string, ms = 60_000): Promise<number> {
  const begun = performance.now();
  const places = async (): Promise<string> =>
    JSON.stringify((await Promise.all(apis.map((api) => partitionsOf(api, shop)))).map((each) => each.map(({ next }) => next)));
  let first: string | undefined;
  await until(
    async () => {
      const now = await places();
      first ??= now;
      return now !== first;
    },
    `the figures of ${shop} go on`,
    { ms },
  );
  return (performance.now() - begun) / 1_000;
}

/**
 * Waits until everything that stands on a shop's topics now is in its figures, by one of these.
 * @returns seconds, the wait for a broker that is away included
 */
export async function secondsToCatchUp(apis: readonly Api[], shop: string, ms = 120_000): Promise<number> {
  const begun = performance.now();
  const ends = new Map<string, string>();
  const reached = async (api: Api): Promise<boolean> => {
    const partitions = await partitionsOf(api, shop);
    for (const { topic, partition, brokerEnd } of partitions) {
      if (brokerEnd !== null && !ends.has(`${topic}/${partition}`)) ends.set(`${topic}/${partition}`, brokerEnd);
    }
    return (
      partitions.length > 0 &&
      partitions.every(({ topic, partition, next }) => {
        const end = ends.get(`${topic}/${partition}`);
        return end !== undefined && BigInt(next) >= BigInt(end);
      })
    );
  };
  await until(async () => (await Promise.all(apis.map(reached))).some(Boolean), `the figures of ${shop} hold what its topics hold`, { ms });
  return (performance.now() - begun) / 1_000;
}

/** None while it does not answer. */
async function partitionsOf(api: Api, shop: string): Promise<PipelineAnswer['shops'][number]['partitions']> {
  const answer = await api.get<PipelineAnswer>('/api/v1/pipeline').catch(() => undefined);
  return answer?.shops.find((each) => each.shop === shop)?.partitions ?? [];
}

/** Fills a disk, and makes room again when `meanwhile` is over. */
export async function full(disk: SmallDisk, meanwhile: () => Promise<unknown>): Promise<void> {
  disk.fill();
  await meanwhile();
  await disk.room();
}

/**
 * Alarms and answers of a product that should have said why it stands still.
 * @param stands whether a partition must have stood still meanwhile: without messages on their way only an alarm says it
 */
export function spoke(when: string, { alarms, notReady }: Said, stands = true): Measure[] {
  process.stdout.write(`${when}: ${[...alarms].map(([code, message]) => `${code}: ${message.slice(0, 200)}`).join('\n  ')}\n`);
  const named = [...alarms.values()].filter((message) => /disk is full|No space left|Kafka does not answer/i.test(message)).length;
  return [
    atLeast(`${when}: alarms that name the cause`, named, 'alarms', 1),
    stands ? atLeast(`${when}: answers "not ready"`, notReady, 'answers', 1) : seen(`${when}: answers "not ready"`, notReady, 'answers'),
  ];
}
