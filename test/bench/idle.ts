import { Instance, seen, type Measure } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processorSeconds } from '../growth.js';
import { brokerOf } from '../local-broker.js';

const shops = 12;
/** Tables, consumers and the first audits of that many shops. */
const restSeconds = 60;
const lookSeconds = 20;

/** What an instance costs whose shops have nothing to do: by themselves they should cost next to nothing, for others would pay for them. */
export async function idle(work: string): Promise<Measure[]> {
  const data = join(work, 'data');
  const instance = await Instance.start(data);
  try {
    const used = async (): Promise<{ node: number; broker: number }> => {
      const pids = { node: instance.pid, broker: brokerOf(data).pid };
      const before = { node: processorSeconds(pids.node), broker: processorSeconds(pids.broker) };
      await sleep(lookSeconds * 1_000);
      const share = (process: 'node' | 'broker'): number => (100 * (processorSeconds(pids[process]) - before[process])) / lookSeconds;
      return { node: share('node'), broker: share('broker') };
    };
    await sleep(5_000);
    const none = await used();
    for (let number = 1; number <= shops; number += 1) {
      await instance.call('PUT', `/api/v1/shops/idle-${number}`, { timeZone: 'UTC', currency: 'EUR', clock: 'wall' });
    }
    await sleep(restSeconds * 1_000);
    const all = await used();
    return [
      seen('Node process without a shop', none.node, '% of a core'),
      seen(`Node process with ${shops} shops without an event`, all.node, '% of a core'),
      seen('broker without a shop', none.broker, '% of a core'),
      seen(`broker with ${shops} shops without an event`, all.broker, '% of a core'),
    ];
  } finally {
    await instance.stop();
  }
}
