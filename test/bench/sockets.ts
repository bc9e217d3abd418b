import { socketEvents, type JoinAnswer, type Snapshot } from '#contracts';
import { atLeast, atMost, exactly, Instance, percentile, seen, type Measure } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { MeasureOptions } from '../run-measures.js';
import { sampleMemory, slopePerMinute } from '../growth.js';
import { sendOrders, shopFor } from './open-loop.js';

const shop = 'sockets';
const count = 1_000;
/** Each order is a state of its own: so many updates a second. */
const perSecond = 4;
const joinedAtOnce = 50;
const flatMbPerMinute = 5;

/**
 * A thousand viewers of one headline: how long after the first of them each gets an update, that all get the last one, and that the
 * program's memory does not grow. The sockets live in this process, which reads each message whole.
 */
export async function sockets(work: string, { minutes = 2 }: MeasureOptions): Promise<Measure[]> {
  const instance = await Instance.start(join(work, 'data'));
  const streaming = await shopFor(instance, shop);
  const viewers: Socket[] = [];
  try {
    /** When each update came first, by its seq, and how much later it came to everybody. */
    const first = new Map<string, number>();
    const behind: number[] = [];
    const newest: number[] = [];
    const see = (viewer: number, { seq, name, data }: Snapshot): void => {
      if (name !== 'headline') return;
      const now = performance.now();
      const began = first.get(seq) ?? now;
      if (began === now) first.set(seq, now);
      behind.push(now - began);
      newest[viewer] = data.figures.orders;
    };
    for (let viewer = 0; viewer < count; viewer += joinedAtOnce) {
      await Promise.all(
        Array.from({ length: joinedAtOnce }, (_, index) => joined(instance, viewers, (snapshot) => see(viewer + index, snapshot))),
      );
    }
    behind.length = 0;
    first.clear();
    const total = Math.ceil(minutes * 60 * perSecond);
    const load = await sendOrders(streaming, shop, perSecond, total);
    const memory = sampleMemory(instance.pid, 1_000);
    await load.done;
    memory.stop();
    for (let tries = 0; newest.filter((orders) => orders === total).length < count && tries < 100; tries += 1) await sleep(50);
    // The first third is warm-up: V8 lets its heap grow to what it needs.
    const warm = memory.samples.filter(({ minute }) => minute > minutes / 3);
    return [
      exactly('sockets without the last order', newest.filter((orders) => orders !== total).length, 'sockets', 0),
      atLeast('updates a second', first.size / (minutes * 60), '1/s', 0.9 * perSecond),
      seen('deliveries', behind.length, 'messages'),
      atMost(`${count} sockets, after the first of them, p99`, percentile(behind, 0.99), 'ms', 150),
      atMost('Node process, growth', slopePerMinute(warm), 'MB/min', flatMbPerMinute),
      seen('Node process', memory.samples.at(-1)?.value ?? Number.NaN, 'MB'),
    ];
  } finally {
    for (const viewer of viewers) viewer.disconnect();
    await streaming.close();
    await instance.stop();
  }
}

async function joined(instance: Instance, viewers: Socket[], see: (snapshot: Snapshot) => void): Promise<void> {
  const socket = io(instance.url, { transports: ['websocket'], forceNew: true });
  viewers.push(socket);
  socket.on(socketEvents.snapshot, see);
  if (!socket.connected) await new Promise<void>((done) => socket.once('connect', done));
  const answer = (await socket.emitWithAck(socketEvents.join, { shop, name: 'headline', query: { period: 'all' } })) as JoinAnswer;
  if (!answer.ok) throw new Error(`The headline room could not be joined: ${answer.detail}`);
}
