import { openEmbedded, sql, type ClickHouse } from '#clickhouse';
import type { DeliveryAnswer, DeliveryChannelBody } from '#contracts';
import { Metrics } from '#observability';
import {
  AlertLogRepository,
  DeliveryChannelRepository,
  DeliveryRepository,
  ShopRepository,
  tableOf,
  type AlertLogRow,
  type Shop,
} from '#warehouse';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelsService } from '../channels/channels.service.js';
import { DeliveryMetrics } from '../delivery.metrics.js';
import { DeliveriesService } from '../read/deliveries.service.js';
import { Secrets } from '../secrets/secrets.js';
import { refusalOf } from '../send/signature.js';
import { ShopSender, type SenderParts } from './shop-sender.js';

// What specs of the sender share: a real store, real receivers, alerts in the log as their owner writes them.

export const secretValues = {
  crm: 'signing-key-of-the-crm',
  'mail-server': '',
  slack: '',
};

/** An HTTP receiver that answers as it is told. */
export class Receiver {
  readonly got: { readonly id: string; readonly body: string; readonly refusal: string | undefined; readonly at: number }[] = [];
  answer: (response: ServerResponse, request: IncomingMessage, turn: number) => void = (response) => void response.end('ok');
  private constructor(private readonly server: Server) {}

  static async open(secret = secretValues.crm): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const header = (name: string): string | undefined => request.headers[name]?.toString();
        const refusal = refusalOf({
          ...{ secret, body, id: header('webhook-id') },
          ...{ timestamp: header('webhook-timestamp'), signature: header('webhook-signature') },
        });
        receiver.got.push({ id: header('webhook-id') ?? '', body: body.toString('utf8'), refusal, at: performance.now() });
        receiver.answer(response, request, receiver.got.length);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** A shop on a store of its own. */
export class DeliveryRig {
  /** Whether senders are told of alerts that are written. */
  tells = true;
  readonly outbox: DeliveryRepository;
  readonly deliveries: DeliveriesService;
  readonly said: string[] = [];
  readonly metrics = new Metrics();
  clock: number | null = null;
  readonly #sent = new DeliveryMetrics(this.metrics);
  readonly #channels: ChannelsService;
  readonly #senders: { readonly sender: ShopSender; readonly ended: Promise<void> }[] = [];
  #offset = 0n;

  private constructor(
    readonly clickhouse: ClickHouse,
    readonly shop: Shop,
  ) {
    this.outbox = new DeliveryRepository(clickhouse);
    this.deliveries = new DeliveriesService(this.outbox);
    this.#channels = new ChannelsService(new DeliveryChannelRepository(clickhouse));
  }

  static async store(): Promise<{ readonly clickhouse: ClickHouse; close(): Promise<void> }> {
    const directory = await mkdtemp(join(tmpdir(), 'tideline-delivery-'));
    const clickhouse = await openEmbedded(directory);
    await new ShopRepository(clickhouse).prepareSystem();
    return {
      clickhouse,
      close: async () => {
        await clickhouse.close();
        await rm(directory, { recursive: true, force: true });
      },
    };
  }

  static async open(clickhouse: ClickHouse, name: string): Promise<DeliveryRig> {
    const shops = new ShopRepository(clickhouse);
    const shop = await shops.register({ shop: name, timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'wall' });
    await shops.prepare(shop);
    return new DeliveryRig(clickhouse, shop);
  }

  async channel(id: string, body: Partial<DeliveryChannelBody> & Pick<DeliveryChannelBody, 'kind'>, revision = 0): Promise<void> {
    const common = { name: id, on: true, rules: null, recovered: false, alarms: [], revision };
    await this.#channels.put(this.shop, id, { ...common, ...body } as DeliveryChannelBody, 'spec');
    // What is decided in the same millisecond goes by it as well; specs say what they mean.
    await sleep(2);
  }

  webhook(id: string, url: string): Promise<void> {
    return this.channel(id, { kind: 'webhook', url, secret: 'crm' });
  }

  /** Alerts as their owner writes them: one insert. @param text instead of the alert's JSON @returns their ids */
  async alerts(customers: readonly string[], step: 'opened' | 'recovered' = 'opened', text?: string): Promise<string[]> {
    const now = Date.now();
    const rows = customers.map((customerId): AlertLogRow => {
      const alertId = `alert-of-${customerId}`;
      const alert = { alertId, customerId, rule: 'churn-high', band: 'high', model: 'm', probability: 0.8, orders: 4 };
      const body = {
        ...alert,
        netValueAtStake: '250.00',
        reasons: ['92 days since the last order'],
        openedAt: now,
        expiresAt: now + 86_400_000,
      };
      const place = { partition: 1, epoch: 0, offset: (this.#offset += 1n), step: 0 };
      return {
        ...{ ...place, kind: 'alert', at: now, day: '2026-03-02', customerId, alertId, rule: 'churn-high', ruleRevision: 1 },
        ...{ state: step === 'opened' ? 'open' : 'recovered', what: step, by: '', assignee: '', detail: '', probability: 0.8 },
        ...{ netValue: '250.00', eventId: '', body: text ?? JSON.stringify(body), sent: 0n },
      };
    });
    await new AlertLogRepository(this.clickhouse).append(this.shop, rows, new Date(now));
    if (this.tells) for (const { sender } of this.#senders) sender.wake();
    return rows.map(({ alertId }) => alertId);
  }

  /** Begins to send. @param change what this one stands on instead */
  start(change: Partial<SenderParts> = {}): ShopSender {
    const say = (fields: object, message: string): void => void this.said.push(`${message} ${JSON.stringify(fields)}`);
    const sender = new ShopSender(this.shop, {
      outbox: this.outbox,
      channels: new DeliveryChannelRepository(this.clickhouse),
      claim: { acquire: () => Promise.resolve(), holds: () => Promise.resolve(true), release: () => Promise.resolve() },
      metrics: this.#sent,
      clock: () => Promise.resolve(this.clock),
      logger: { info: say, warn: say },
      secrets: new Secrets(Object.fromEntries(Object.entries(secretValues).filter(([, value]) => value !== ''))),
      from: 'tideline@example.org',
      ...change,
    });
    this.#senders.push({ sender, ended: sender.turn().catch((error: unknown) => void this.said.push(String(error))) });
    return sender;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#senders.map(({ sender }) => sender.stop(100)));
    this.#senders.length = 0;
  }

  /** What the store says of the one delivery to a channel, as soon as there is one. */
  async one(channel: string): Promise<DeliveryAnswer> {
    let ids: string[] = [];
    await until(`${channel} has a delivery`, async () => {
      ids = (await this.deliveries.list(this.shop, { channel, limit: 10 })).deliveries.map(({ id }) => id);
      return ids.length > 0;
    });
    if (ids.length !== 1) throw new Error(`${channel} has ${ids.length} deliveries, not one.`);
    return this.deliveries.show(this.shop, ids[0] ?? '');
  }

  /** Everything that is kept or said of deliveries, as text. */
  async everything(): Promise<string> {
    const tables = await Promise.all(
      ['delivery_log', 'delivery_channels'].map((table) => this.clickhouse.query<object>(sql`SELECT * FROM ${tableOf(this.shop, table)}`)),
    );
    const listed = await this.deliveries.list(this.shop, { limit: 500 });
    const shown = await Promise.all(listed.deliveries.map(({ id }) => this.deliveries.show(this.shop, id)));
    const channels = await this.#channels.list(this.shop);
    return [JSON.stringify([tables, listed, shown, channels]), ...this.said, await this.metrics.text()].join('\n');
  }
}

export async function until(what: string, look: () => Promise<boolean> | boolean, ms = 20_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`Not within ${ms / 1_000} s: ${what}`);
    await sleep(20);
  }
}
