import type { ConsumerState, PartitionBounds } from '#streaming';
import { setTimeout as sleep } from 'node:timers/promises';

/** A broker that lives answers within milliseconds; who asks how the pipeline is must not wait for one that does not. */
const promptMs = 1_500;

/** Where the topics end, as far as the broker tells it at once; else none. @param state in which it is not asked when it is away */
export async function promptBounds(state: ConsumerState, ask: () => Promise<PartitionBounds[]>): Promise<PartitionBounds[]> {
  if (state === 'broker-away') return [];
  const enough = new AbortController();
  const waited = sleep(promptMs, [], { signal: enough.signal }).catch(() => []);
  try {
    return await Promise.race([ask().catch(() => []), waited]);
  } finally {
    enough.abort();
  }
}
