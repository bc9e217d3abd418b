import { socketEvents, topicOf, type CustomerScore, type JoinAnswer, type Snapshot } from '#contracts';
import { atMost, exactly, Instance, percentile, type Measure } from '#testing';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import type { MeasureOptions } from '../run-measures.js';
import { shopFor } from './open-loop.js';

const shop = 'alarmed';
const secret = 'signing-key-of-the-bench';
const perSecond = 20;
const warmUpSeconds = 5;

/** From the moment a score is handed to Kafka's client until a socket of the alerts room shows the alert that it
 * opened, and until a webhook has it. */
export async function alerts(work: string, { minutes = 0.5 }: MeasureOptions): Promise<Measure[]> {
  const received = new Map<string, number>();
  const crm = createServer((request, response) => {
    void text(request).then((body) => {
      const { customerId } = (JSON.parse(body) as { alert: { customerId: string } }).alert;
      if (!received.has(customerId)) received.set(customerId, performance.now());
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(crm, 'listening');
  const secrets = join(work, 'secrets.yaml');
  await writeFile(secrets, `crm: ${secret}\n`);
  const instance = await Instance.start(join(work, 'data'), { TIDELINE_SECRETS: secrets });
  const streaming = await shopFor(instance, shop);
  const socket = io(instance.url, { transports: ['websocket'] });
  try {
    const rule = { name: 'All', band: 'high', holdout: 0, capPerDay: null, revision: 0 };
    await instance.call('PUT', `/api/v1/shops/${shop}/alert-rules/churn-high`, rule);
    const url = `http://127.0.0.1:${(crm.address() as AddressInfo).port}`;
    const channel = { kind: 'webhook', name: 'CRM', url, secret: 'crm', revision: 0 };
    await instance.call('PUT', `/api/v1/shops/${shop}/delivery-channels/crm`, channel);
    if (!socket.connected) await new Promise<void>((done) => socket.once('connect', done));
    const joined = (await socket.emitWithAck(socketEvents.join, { shop, name: 'alerts', query: { limit: 200 } })) as JoinAnswer;
    if (!joined.ok) throw new Error(`The alerts room could not be joined: ${joined.detail}`);
    const shown = new Map<string, number>();
    socket.on(socketEvents.snapshot, (snapshot: Snapshot) => {
      if (snapshot.name !== 'alerts') return;
      const now = performance.now();
      for (const { customerId } of snapshot.data.items) if (!shown.has(customerId)) shown.set(customerId, now);
    });
    const total = Math.ceil((minutes * 60 + warmUpSeconds) * perSecond);
    const producer = await streaming.producer();
    const sent: { readonly customer: string; readonly at: number }[] = [];
    const begun = performance.now();
    const sending: Promise<unknown>[] = [];
    for (let index = 0; index < total; index += 1) {
      await sleep(Math.max(0, begun + (index * 1_000) / perSecond - performance.now()));
      const customer = `c${index}`;
      sent.push({ customer, at: performance.now() });
      sending.push(producer.send(topicOf(shop, 'alerts.v1'), [scored(customer)]));
    }
    await Promise.all(sending);
    for (let tries = 0; Math.min(shown.size, received.size) < total && tries < 200; tries += 1) await sleep(50);
    await producer.close();
    const waitsOf = (came: ReadonlyMap<string, number>): number[] =>
      sent.slice(warmUpSeconds * perSecond).map(({ customer, at }) => (came.get(customer) ?? at) - at);
    const waits = waitsOf(shown);
    const deliveries = waitsOf(received);
    return [
      exactly('scores without an alert at the socket', total - shown.size, 'scores', 0),
      atMost(`${perSecond} scores a second, produced until the alert is at a socket, p50`, percentile(waits, 0.5), 'ms', 400),
      atMost(`${perSecond} scores a second, produced until the alert is at a socket, p99`, percentile(waits, 0.99), 'ms', 1_000),
      exactly('alerts that no webhook got', total - received.size, 'alerts', 0),
      atMost(`${perSecond} scores a second, produced until a webhook has the alert, p50`, percentile(deliveries, 0.5), 'ms', 1_000),
      atMost(`${perSecond} scores a second, produced until a webhook has the alert, p99`, percentile(deliveries, 0.99), 'ms', 2_000),
    ];
  } finally {
    socket.disconnect();
    await streaming.close();
    await instance.stop();
    crm.closeAllConnections();
    crm.close();
  }
}

/** Of this moment: an alert of long ago would be over at once. */
function scored(customerId: string): { key: string; value: string } {
  const decidedAt = new Date().toISOString();
  const data: CustomerScore = {
    ...{ customerId, kind: 'churn', model: 'churn-bench-00000000', decidedAt, cause: 'event', probability: 0.8, band: 'high' },
    ...{ previousBand: 'low', orders: 3, netValueAtStake: '120.00', reasons: ['92 days since the last order; usual gap 31'], muted: false },
  };
  const envelope = {
    specversion: '1.0',
    id: `${customerId}/1`,
    source: '/bench',
    type: 'tideline.customer.scored.v1',
    subject: customerId,
  };
  return { key: customerId, value: JSON.stringify({ ...envelope, time: decidedAt, recordedtime: decidedAt, data }) };
}
