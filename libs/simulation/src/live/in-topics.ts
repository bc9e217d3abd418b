import type { RealClock } from '#clock';
import { clockTick } from '#contracts';
import type { IncomingMessage, PartitionBounds, Streaming } from '#streaming';
import { SimulationError } from '../simulation.errors.js';

const patienceMs = 30_000;
const simulators = '/tideline/simulator/';
/** Messages from the end that are looked through for a tick: others than simulators may write there. */
const lastTicks = 100n;

/**
 * The simulator's `source` that stands first in some partitions: a world begins with its products.
 * @param partitions with at least one message each
 * @returns undefined when the first messages come from somebody else
 * @throws {SimulationError} `topic-silent`
 */
export async function sourceInTopic(
  streaming: Streaming,
  partitions: readonly PartitionBounds[],
  clock: RealClock,
): Promise<string | undefined> {
  const left = new Set(partitions.map(({ partition }) => partition));
  let found: string | undefined;
  await readFrom(
    streaming,
    partitions,
    clock,
    ({ start }) => start,
    (partition, messages) => {
      if (left.delete(partition)) found ??= messages.map(({ value }) => simulatorIn(value)).find((source) => source !== undefined);
      return left.size === 0 || found !== undefined;
    },
  );
  return found;
}

/**
 * The newest instant that a source's ticks say.
 * @param partition of the clock's topic, with at least one message
 * @returns undefined when none of the last messages is a tick of that source; Unix milliseconds
 * @throws {SimulationError} `topic-silent`
 */
export async function newestTickIn(
  streaming: Streaming,
  partition: PartitionBounds,
  source: string,
  clock: RealClock,
): Promise<number | undefined> {
  const from = ({ start, end }: PartitionBounds): bigint => (end - start > lastTicks ? end - lastTicks : start);
  let newest: number | undefined;
  await readFrom(streaming, [partition], clock, from, (_, messages) => {
    for (const { value } of messages) {
      const tick = tickOf(value, source);
      if (tick !== undefined) newest = Math.max(tick, newest ?? tick);
    }
    return (messages.at(-1)?.offset ?? -1n) >= partition.end - 1n;
  });
  return newest;
}

/** Reads partitions of one topic until `take` has seen enough. @throws {SimulationError} `topic-silent` when that takes half a minute */
async function readFrom(
  streaming: Streaming,
  partitions: readonly PartitionBounds[],
  clock: RealClock,
  from: (bounds: PartitionBounds) => bigint,
  take: (partition: number, messages: readonly IncomingMessage[]) => boolean,
): Promise<void> {
  const topic = partitions[0]?.topic ?? '';
  const done = new AbortController();
  const consumer = await streaming.consume({
    groupId: `tideline-simulator-${topic}`,
    // A reader that was killed a moment ago is not waited for.
    alone: true,
    topics: [topic],
    startAt: (_topic, _partition, bounds) => Promise.resolve(from(bounds)),
    onBatch: ({ partition, messages }) => {
      if (!done.signal.aborted && take(partition, messages)) done.abort();
      return Promise.resolve();
    },
    onState: () => undefined,
  });
  await clock.sleep(patienceMs, done.signal);
  await consumer.stop();
  if (!done.signal.aborted)
    throw new SimulationError(
      'topic-silent',
      `What stands in ${topic} did not come within half a minute. Is the broker well? Start again.`,
    );
}

function simulatorIn(value: Buffer | null): string | undefined {
  const source = parsed(value)?.source;
  return typeof source === 'string' && source.startsWith(simulators) ? source : undefined;
}

function tickOf(value: Buffer | null, source: string): number | undefined {
  const event = parsed(value);
  const tick = event?.source === source ? clockTick.safeParse(event.data) : undefined;
  return tick?.success ? Date.parse(tick.data.now) : undefined;
}

function parsed(value: Buffer | null): { source?: unknown; data?: unknown } | undefined {
  try {
    return (JSON.parse(value?.toString() ?? '') as object | null) ?? undefined;
  } catch {
    // A message of somebody else need not be JSON.
    return undefined;
  }
}
