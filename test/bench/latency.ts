import { socketEvents, type JoinAnswer, type Snapshot } from '#contracts';
import { atMost, exactly, Instance, percentile, type Measure } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { sendOrders, shopFor, waitsOf } from './open-loop.js';

const shop = 'latency';
const perSecond = 1_000;
const warmUpSeconds = 5;
const seconds = 20;

/** From the moment an order was to be handed to Kafka's client until a socket of the headline room shows a count that holds it. */
export async function latency(work: string): Promise<Measure[]> {
  const instance = await Instance.start(join(work, 'data'));
  const streaming = await shopFor(instance, shop);
  const socket = io(instance.url, { transports: ['websocket'] });
  try {
    if (!socket.connected) await new Promise<void>((done) => socket.once('connect', done));
    const joined = (await socket.emitWithAck(socketEvents.join, {
      shop,
      name: 'headline',
      query: { period: 'last-7-days' },
    })) as JoinAnswer;
    if (!joined.ok) throw new Error(`The headline room could not be joined: ${joined.detail}`);

    const shown: { count: number; at: number }[] = [];
    socket.on(socketEvents.snapshot, (snapshot: Snapshot) => {
      if (snapshot.name === 'headline') shown.push({ count: snapshot.data.figures.orders, at: performance.now() });
    });
    const total = (warmUpSeconds + seconds) * perSecond;
    const load = await sendOrders(streaming, shop, perSecond, total);
    await load.done;
    for (let tries = 0; (shown.at(-1)?.count ?? 0) < total && tries < 200; tries += 1) await sleep(50);
    const waits = waitsOf(load, shown, warmUpSeconds * perSecond);
    return [
      exactly('orders sent and not shown', total - (shown.at(-1)?.count ?? 0), 'orders', 0),
      { measure: 'snapshots per second', value: Math.round(shown.length / (warmUpSeconds + seconds)), unit: '1/s', bar: null, ok: true },
      atMost(`${perSecond} orders a second, produced until at a socket, p50`, percentile(waits, 0.5), 'ms', 150),
      atMost(`${perSecond} orders a second, produced until at a socket, p99`, percentile(waits, 0.99), 'ms', 500),
    ];
  } finally {
    socket.disconnect();
    await streaming.close();
    await instance.stop();
  }
}
