import type { RealClock } from '#clock';
import type { PartitionBounds, RunningConsumer, Streaming } from '#streaming';

const patienceMs = 30_000;
const simulators = '/tideline/simulator/';

/**
 * The simulator's `source` that stands first in some partitions: a world begins with its products.
 * @param partitions with at least one message each
 * @returns undefined when the first messages come from somebody else
 */
export async function sourceInTopic(
  streaming: Streaming,
  partitions: readonly PartitionBounds[],
  clock: RealClock,
): Promise<string | undefined> {
  const left = new Set(partitions.map(({ topic, partition }) => `${topic}-${partition}`));
  const done = new AbortController();
  let found: string | undefined;
  const consumer: RunningConsumer = await streaming.consume({
    groupId: `tideline-simulator-${partitions[0]?.topic ?? ''}`,
    topics: [...new Set(partitions.map(({ topic }) => topic))],
    startAt: (_topic, _partition, { start }) => Promise.resolve(start),
    onBatch: ({ topic, partition, messages }) => {
      if (left.delete(`${topic}-${partition}`)) {
        for (const { value } of messages) found ??= simulatorIn(value);
        if (left.size === 0 || found !== undefined) done.abort();
      }
      return Promise.resolve();
    },
    onState: () => undefined,
  });
  await clock.sleep(patienceMs, done.signal);
  await consumer.stop();
  return found;
}

function simulatorIn(value: Buffer | null): string | undefined {
  try {
    const { source } = JSON.parse(value?.toString() ?? '') as { source?: unknown };
    return typeof source === 'string' && source.startsWith(simulators) ? source : undefined;
  } catch {
    // A message of somebody else need not be JSON.
    return undefined;
  }
}
