import { socketEvents, type JoinAnswer, type Snapshot } from '#contracts';
import type { Instance } from '#testing';
import { io } from 'socket.io-client';
import { shopFor, timed, type Timed } from './open-loop.js';

export type TimeToSocket = Timed & { readonly snapshotsPerSecond: number };

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
    const took = await timed(streaming, shop, { name: 'l', perSecond, customers }, shown);
    return { ...took, snapshotsPerSecond: shown.length / took.seconds };
  } finally {
    socket.disconnect();
    await streaming.close();
  }
}
