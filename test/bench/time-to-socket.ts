import { socketEvents, type JoinAnswer, type Snapshot } from '#contracts';
import { percentile, type Instance } from '#testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { loadOrder, outgoing, type LoadShape } from './load.js';
import { sendOrders, shopFor, waitsOf } from './open-loop.js';

const warmUpSeconds = 5;
const seconds = 20;

/** How long orders of one rate took from the moment at which they were meant to be sent. */
export interface TimeToSocket {
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Orders sent, those of the warm-up included. */
  readonly sent: number;
  readonly notShown: number;
  readonly snapshotsPerSecond: number;
  /** What was sent. */
  readonly shape: LoadShape;
}

/**
 * From the moment an order was to be handed to Kafka's client until a socket of the headline room shows a count that holds it. The order
 * time is that moment too; orders of the last seven days are counted, so the shop must have none of them before.
 * @param customers over whom the orders are spread
 */
export async function timeToSocket(instance: Instance, shop: string, perSecond: number, customers = 5_000): Promise<TimeToSocket> {
  const streaming = await shopFor(instance, shop);
  const socket = io(instance.url, { transports: ['websocket'], forceNew: true });
  try {
    if (!socket.connected) await new Promise<void>((done) => socket.once('connect', done));
    const room = { shop, name: 'headline', query: { period: 'last-7-days' } };
    const joined = (await socket.emitWithAck(socketEvents.join, room)) as JoinAnswer;
    if (!joined.ok) throw new Error(`The headline room could not be joined: ${joined.detail}`);
    const shown: { count: number; at: number }[] = [];
    socket.on(socketEvents.snapshot, (snapshot: Snapshot) => {
      if (snapshot.name === 'headline') shown.push({ count: snapshot.data.figures.orders, at: performance.now() });
    });
    const sent = (warmUpSeconds + seconds) * perSecond;
    const shape: LoadShape = { name: 'l', perSecond, from: Date.now(), customers };
    const load = await sendOrders(streaming, shop, perSecond, sent, (number) => outgoing(loadOrder(shape, number)));
    await load.done;
    const count = (): number => shown.at(-1)?.count ?? 0;
    for (let tries = 0; count() < sent && tries < 1_200; tries += 1) await sleep(50);
    const waits = waitsOf(load, shown, warmUpSeconds * perSecond);
    return {
      ...{ p50: percentile(waits, 0.5), p99: percentile(waits, 0.99), sent, notShown: sent - count(), shape },
      snapshotsPerSecond: shown.length / (warmUpSeconds + seconds),
    };
  } finally {
    socket.disconnect();
    await streaming.close();
  }
}
