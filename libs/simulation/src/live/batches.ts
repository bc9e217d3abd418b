import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FaultRates } from '../faults/fault-rates.js';
import { FaultyWorld } from '../faults/faulty-world.js';
import type { WorldEvent } from '../world/event-maker.js';
import { World } from '../world/world.js';

/** Characters of a batch: few messages between threads, and no long wait for the first. */
const batchLength = 256 * 1024;
/** Batches that the thread makes ahead of what is taken. */
const ahead = 8;

/** A world in words that can be handed to a thread. */
export interface WorldWords {
  readonly profile: string;
  readonly seed: number | undefined;
  readonly faults: FaultRates | undefined;
}

/** What the thread is told to begin with. */
export interface ThreadStart {
  readonly words: WorldWords;
  readonly after: number;
  readonly ahead: number;
}

/** @throws {SimulationError} `seed-invalid` */
export function worldOf({ profile, seed, faults }: WorldWords): World | FaultyWorld {
  const world = new World({ profile, seed });
  return faults ? new FaultyWorld(world, faults) : world;
}

/** Cuts a world's events into batches. */
export function* inBatches(events: Iterator<WorldEvent, void>): Generator<readonly WorldEvent[], void, undefined> {
  let batch: WorldEvent[] = [];
  let length = 0;
  for (let next = events.next(); !next.done; next = events.next()) {
    batch.push(next.value);
    length += next.value.value.length;
    if (length < batchLength) continue;
    yield batch;
    [batch, length] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/**
 * Events of a world after an instant, made on a thread: the history takes seconds of a core, which the thread that sends and ingests has
 * not to spare. The program must be built: a thread does not load TypeScript.
 */
export async function* batchesOnThread(words: WorldWords, after: number): AsyncGenerator<readonly WorldEvent[], void> {
  const start: ThreadStart = { words, after, ahead };
  const thread = new Worker(new URL('./world-thread.js', import.meta.url), {
    workerData: start,
    // None of the process's flags: --input-type would make a text of the file.
    execArgv: [],
    // Nothing of a world lives long: without a limit it would keep the memory that the flags of the process grant it.
    resourceLimits: { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 192 },
  });
  try {
    // An error of the thread is thrown here.
    for await (const [batch] of on(thread, 'message', { close: ['exit'] }) as AsyncIterable<[readonly WorldEvent[]]>) {
      thread.postMessage('taken');
      yield batch;
    }
  } finally {
    await thread.terminate();
  }
}
