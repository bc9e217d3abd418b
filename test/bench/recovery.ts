import type { HeadlineSnapshot } from '#contracts';
import { atMost, exactly, Instance, openTestBroker, type Measure } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { differingCells } from './load-cells.js';
import { loadOrder, outgoing, type LoadShape } from './load.js';
import { sendOrders, shopFor } from './open-loop.js';

const shop = 'recovery';
const perSecond = 2_000;
const kills = 5;
/** Between two kills: a little longer each time, so that they hit other moments of a step. */
const betweenMs = 6_170;
/** An instance that shows all but the orders of the last second has caught up. */
const behindMs = 1_000;
/** Each look is a query that the refresher waits for. */
const lookMs = 200;
const shape: LoadShape = { name: 'r', perSecond, from: Date.UTC(2025, 2, 3), customers: 20_000 };

/**
 * From `kill -9` under a steady load until an instance that was started again at once shows every order but those of the last second;
 * in the end all cells against a fold over the orders. The broker is another one's and lives on, as in a shop's own cluster.
 */
export async function recovery(work: string): Promise<Measure[]> {
  const data = join(work, 'data');
  const broker = await openTestBroker();
  const start = (): Promise<Instance> => Instance.start(data, { KAFKA_BROKERS: broker.bootstrap });
  let instance = await start();
  try {
    const streaming = await shopFor(instance, shop, 'data');
    const total = (kills + 2) * perSecond * 12;
    const load = await sendOrders(streaming, shop, perSecond, total, (number) => outgoing(loadOrder(shape, number)));
    /** Orders that were meant to be sent before a moment of this process's clock. */
    const meantBefore = (moment: number): number => Math.min(total, Math.floor(((moment - load.intended(0)) / 1_000) * perSecond));
    const took: number[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      await sleep(betweenMs + 137 * kill);
      const killed = performance.now();
      await instance.kill();
      instance = await start();
      while ((await shown(instance)) < meantBefore(performance.now() - behindMs)) await sleep(lookMs);
      took.push((performance.now() - killed) / 1_000);
    }
    await load.done;
    while ((await settled(instance)) < total) await sleep(100);
    await streaming.close();
    await instance.stop();
    process.stdout.write(`Each: ${took.map((seconds) => seconds.toFixed(1)).join(', ')} s\n`);
    return [
      atMost(`kill -9 at ${perSecond} orders a second until all is shown again, slowest of ${kills}`, Math.max(...took), 's', 5),
      exactly('cells that differ from a fold over the orders', await differingCells(data, shop, shape, total), 'cells', 0),
    ];
  } finally {
    await instance.stop();
    await broker.stop();
  }
}

/** Orders in the headline. */
async function shown(instance: Instance): Promise<number> {
  const answer = await instance.get<HeadlineSnapshot>(`/api/v1/shops/${shop}/rooms/headline?period=today`).catch(() => undefined);
  return answer?.data.figures.orders ?? 0;
}

/** Orders in the settled figures. */
async function settled(instance: Instance): Promise<number> {
  return (await instance.get<{ orders: number }>(`/api/v1/shops/${shop}/kpis/summary`)).orders;
}
