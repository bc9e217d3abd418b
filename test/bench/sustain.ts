import type { PipelineAnswer } from '#contracts';
import { atLeast, exactly, Instance, seen, type Measure } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { differingCells } from './load-cells.js';
import { loadOrder, outgoing, type LoadShape } from './load.js';
import { sendOrders, shopFor } from './open-loop.js';

const shop = 'sustain';
/** Orders a second, one after another until the figures fall behind. */
const ladder = [1_000, 2_000, 3_000, 4_000, 6_000, 8_000, 10_000, 15_000, 20_000, 30_000, 40_000] as const;
const seconds = 20;
const lookMs = 250;
/** What the oldest order waits may swing by this much, for figures are settled every second or two. */
const swingSeconds = 2;
const shape: LoadShape = { name: 's', perSecond: 500, from: Date.UTC(2025, 2, 3), customers: 50_000 };

/** The highest rate of a ladder at which settled figures do not fall behind, with the sender on the same machine; exact in the end. */
export async function sustain(work: string): Promise<Measure[]> {
  const data = join(work, 'data');
  const instance = await Instance.start(data);
  const measures: Measure[] = [];
  let sent = 0;
  let best = 0;
  try {
    const streaming = await shopFor(instance, shop, 'data');
    for (const rate of ladder) {
      const from = sent;
      const load = await sendOrders(streaming, shop, rate, rate * seconds, (number) => outgoing(loadOrder(shape, from + number)));
      const waits: number[] = [];
      while (load.sent < rate * seconds) {
        waits.push((from + load.sent - (await settledOrders(instance))) / rate);
        await sleep(lookMs);
      }
      const late = (performance.now() - load.intended(rate * seconds)) / 1_000;
      await load.done;
      sent += rate * seconds;
      while ((await settledOrders(instance)) < sent) await sleep(lookMs);
      const third = Math.floor(waits.length / 3);
      const [middle, last] = [Math.max(...waits.slice(third, 2 * third)), Math.max(...waits.slice(2 * third))];
      measures.push(seen(`${rate} orders a second: longest wait in the last third`, last, 's'));
      // A sender that is late has not sent at this rate.
      if (late > 1 || last > middle + swingSeconds) break;
      best = rate;
    }
    await streaming.close();
  } finally {
    await instance.stop();
  }
  return [
    ...measures,
    atLeast('orders a second without falling behind', best, '1/s', 20_000),
    exactly('cells that differ from a fold over the orders', await differingCells(data, shop, shape, sent), 'cells', 0),
  ];
}

/** Orders that the settled figures hold: one message is one order. */
async function settledOrders(instance: Instance): Promise<number> {
  const { shops } = await instance.get<PipelineAnswer>('/api/v1/pipeline');
  const partitions = shops.find((each) => each.shop === shop)?.partitions ?? [];
  return partitions.reduce((sum, { next }) => sum + Number(next), 0);
}
