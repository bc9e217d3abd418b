import { socketEvents, type JoinAnswer, type Snapshot } from '#contracts';
import { openStreaming } from '#streaming';
import { anOrder, atMost, Instance, percentile, silent, type Measure } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';

const shop = 'latency';
const perSecond = 1_000;
const warmUpSeconds = 5;
const seconds = 20;
const tickMs = 20;

/**
 * From the moment an order is handed to Kafka's client until a socket of the headline room shows a count that holds it. Orders are
 * counted, so each one's moment is known: the n-th order is shown by the first snapshot of n orders or more.
 */
export async function latency(work: string): Promise<Measure[]> {
  const instance = await Instance.start(join(work, 'data'));
  const { kafka } = await instance.get<{ kafka: { brokers: string[] } }>('/api/v1/pipeline');
  const streaming = openStreaming({ brokers: kafka.brokers, clientId: 'latency-bench', logger: silent });
  const socket = io(instance.url, { transports: ['websocket'] });
  try {
    await instance.call('PUT', `/api/v1/shops/${shop}`, { timeZone: 'UTC', currency: 'EUR' });
    while ((await instance.get<{ status: string }>(`/api/v1/shops/${shop}`)).status !== 'ready') await sleep(100);
    if (!socket.connected) await new Promise<void>((done) => socket.once('connect', done));
    const joined = (await socket.emitWithAck(socketEvents.join, {
      shop,
      name: 'headline',
      query: { period: 'last-7-days' },
    })) as JoinAnswer;
    if (!joined.ok) throw new Error(`The headline room could not be joined: ${joined.detail}`);

    const sent: number[] = [];
    const waits: number[] = [];
    let shown = 0;
    let snapshots = 0;
    socket.on(socketEvents.snapshot, (snapshot: Snapshot) => {
      if (snapshot.name !== 'headline') return;
      const now = performance.now();
      snapshots += 1;
      for (; shown < Math.min(snapshot.data.figures.orders, sent.length); shown += 1) {
        if (shown >= warmUpSeconds * perSecond) waits.push(now - (sent[shown] ?? now));
      }
    });

    const producer = await streaming.producer();
    const begun = performance.now();
    const total = (warmUpSeconds + seconds) * perSecond;
    while (sent.length < total) {
      const due = Math.min(total, Math.floor(((performance.now() - begun) / 1_000) * perSecond));
      const batch = [];
      for (; sent.length < due; sent.push(performance.now())) batch.push(order(sent.length));
      if (batch.length > 0) void producer.send(`${shop}.transactions.v1`, batch);
      await sleep(tickMs / 2);
    }
    for (let tries = 0; shown < total && tries < 200; tries += 1) await sleep(50);
    await producer.close();
    return [
      { measure: 'orders sent and not shown', value: total - shown, unit: 'orders', bar: 0, ok: shown === total },
      { measure: 'snapshots per second', value: Math.round(snapshots / (warmUpSeconds + seconds)), unit: '1/s', bar: null, ok: true },
      atMost(`${perSecond} orders a second, produced until at a socket, p50`, percentile(waits, 0.5), 'ms', 150),
      atMost(`${perSecond} orders a second, produced until at a socket, p99`, percentile(waits, 0.99), 'ms', 500),
    ];
  } finally {
    socket.disconnect();
    await streaming.close();
    await instance.stop();
  }
}

function order(number: number): { key: string; value: string } {
  const at = new Date().toISOString();
  const { key, value } = anOrder(
    { orderId: `o-${number}`, customerId: `c-${number % 5_000}`, orderedAt: at, currency: 'EUR' },
    { id: `e-${number}` },
  );
  return { key: key ?? '', value: String(value) };
}
