import { topicOf, type AlertAnswer, type AlertsAnswer, type CustomerScore, type DeliveriesAnswer, type ShopAnswer } from '#contracts';
import { openStreaming } from '#streaming';
import { openTestBroker, ProductProcess, silent, until } from '#testing';
import { refusalOf } from '#delivery';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { starter, startStore, withProcesses } from './processes.js';

// Alerts with the product as separate processes: scorers own and deliver them, the API shows them. Needs the build (npm test makes it).

const shop = 'apart';
const secret = 'signing-key-of-the-crm';

/** A webhook's receiver: who it was told about, by idempotency key. */
async function openReceiver(): Promise<{
  readonly server: Server;
  readonly url: string;
  readonly got: Map<string, string>;
  readonly refused: string[];
}> {
  const [got, refused] = [new Map<string, string>(), [] as string[]];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const header = (name: string): string | undefined => request.headers[name]?.toString();
      const refusal = refusalOf({
        secret,
        body,
        id: header('webhook-id'),
        timestamp: header('webhook-timestamp'),
        signature: header('webhook-signature'),
      });
      if (refusal !== undefined) refused.push(refusal);
      got.set(header('webhook-id') ?? '', (JSON.parse(body) as { alert: { customerId: string } }).alert.customerId);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, got, refused, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function scored(customerId: string): { key: string; value: string } {
  // Of this moment: an alert of long ago would be over at once.
  const decidedAt = new Date().toISOString();
  const data: CustomerScore = {
    ...{ customerId, kind: 'churn', model: 'churn-spec-00000000', decidedAt, cause: 'event', probability: 0.8, band: 'high' },
    ...{ previousBand: 'low', orders: 3, netValueAtStake: '120.00', reasons: ['92 days since the last order; usual gap 31'], muted: false },
  };
  const envelope = { specversion: '1.0', id: `${customerId}/1`, source: '/spec', type: 'tideline.customer.scored.v1', subject: customerId };
  return { key: customerId, value: JSON.stringify({ ...envelope, time: decidedAt, recordedtime: decidedAt, data }) };
}

const customers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, index) => `c${from + index}`);

it('go from a score to the API and to a webhook, each once, with two scorers of which one is killed on the way', async () => {
  const work = await mkdtemp(join(tmpdir(), 'tideline-alerts-apart-'));
  const broker = await openTestBroker();
  const crm = await openReceiver();
  const secrets = join(work, 'secrets.yaml');
  await writeFile(secrets, `crm: ${secret}\n`);
  const streaming = openStreaming({ brokers: [broker.bootstrap], clientId: 'tests', logger: silent });
  try {
    await withProcesses(async (running) => {
      const { storeUrl } = await startStore(work, running);
      const start = starter(running);
      const env = { KAFKA_BROKERS: broker.bootstrap, CLICKHOUSE_URL: storeUrl, TIDELINE_PORT: '0' };
      const scorer = { ...env, TIDELINE_SECRETS: secrets };
      const [, api, first, second] = await Promise.all([
        start('ingestor', env),
        start('api', env),
        start('scorer', scorer),
        start('scorer', scorer),
      ]);
      await api.call(`/api/v1/shops/${shop}`, 'PUT', { timeZone: 'UTC', currency: 'GBP', clock: 'wall' });
      await until(async () => (await api.get<ShopAnswer>(`/api/v1/shops/${shop}`)).status === 'ready', `${shop} is ready`);
      const rule = { name: 'All', band: 'high', holdout: 0, capPerDay: null, revision: 0 };
      await api.call(`/api/v1/shops/${shop}/alert-rules/churn-high`, 'PUT', rule);

      const channel = { kind: 'webhook', name: 'CRM', url: crm.url, secret: 'crm', revision: 0 };
      await api.call(`/api/v1/shops/${shop}/delivery-channels/crm`, 'PUT', channel);

      const producer = await streaming.producer();
      const say = (ids: readonly string[]) => producer.send(topicOf(shop, 'alerts.v1'), ids.map(scored));
      const alerts = async (): Promise<AlertsAnswer['alerts']> =>
        (await api.get<AlertsAnswer>(`/api/v1/shops/${shop}/alerts?limit=500`)).alerts;
      const about = async (ids: readonly string[]): Promise<void> =>
        until(async () => {
          const known = new Set((await alerts()).map(({ customerId }) => customerId));
          return ids.every((each) => known.has(each));
        }, `there are alerts about ${ids.length} customers`);
      await say(customers(0, 40));
      await about(customers(0, 40));
      // Each of the two owns partitions before one of them dies.
      let next = 40;
      await until(
        async () => {
          await say(customers(next, (next += 20)));
          return (await opened(first)) > 0 && (await opened(second)) > 0;
        },
        'both scorers own partitions',
        { everyMs: 500 },
      );
      await first.end('SIGKILL');
      await say(customers(next, (next += 80)));
      await about(customers(0, next));
      await producer.close();
      expect((await alerts()).length).toBe(next);
      for (const { alertId } of (await alerts()).slice(0, 20)) {
        const { log } = await api.get<AlertAnswer>(`/api/v1/shops/${shop}/alerts/${alertId}`);
        expect(log.map(({ step }) => step)).toEqual(['opened']);
      }
      // The one that sent may be the one that died: the other takes its turn once the broker gives it up.
      await until(async () => {
        const { counts } = await api.get<DeliveriesAnswer>(`/api/v1/shops/${shop}/deliveries`);
        return counts.delivered === next;
      }, 'all of them are delivered');
      expect([crm.refused, crm.got.size, new Set(crm.got.values()).size]).toEqual([[], next, next]);
    });
  } finally {
    crm.server.closeAllConnections();
    crm.server.close();
    await streaming.close();
    await broker.stop();
    await rm(work, { recursive: true, force: true });
  }
}, 180_000);

/** Alerts that a process opened itself. */
async function opened(scorer: ProductProcess): Promise<number> {
  const lines = (await scorer.call('/metrics')).matchAll(/^tideline_alert_steps_total\{[^}]*step="opened"\} (\d+)$/gm);
  return [...lines].reduce((sum, [, n]) => sum + Number(n), 0);
}
