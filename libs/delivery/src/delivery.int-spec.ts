import { ConfigModule, readConfig } from '#config';
import { role, type DeliveryChannel, type Role } from '#contracts';
import { httpConfig, HttpModule, Principals, setupHttp } from '#http';
import { ObservabilityModule, type Logger } from '#observability';
import { silent } from '#testing';
import { WarehouseModule } from '#warehouse';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createHash } from 'node:crypto';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeliveryReadModule } from './index.js';
import { DeliveryRig, Receiver, until } from './sender/rig.testing.js';

// What people may ask and do, over real HTTP with real roles.

const principals = new Principals(
  role.options.map((each) => ({ name: each, role: each, tokenHash: createHash('sha256').update(`token-of-${each}`).digest('hex') })),
);
const said: string[] = [];
let store: Awaited<ReturnType<typeof DeliveryRig.store>>;
let rig: DeliveryRig;
let app: INestApplication;
let url: string;

beforeAll(async () => {
  store = await DeliveryRig.store();
  rig = await DeliveryRig.open(store.clickhouse, 'asked');
  const logger = { ...silent, info: (fields: object, message: string) => void said.push(`${message} ${JSON.stringify(fields)}`) };
  @Module({
    imports: [
      ConfigModule.forRoot(readConfig([httpConfig], {})),
      ObservabilityModule.forRoot(logger as unknown as Logger),
      HttpModule.forRoot(principals),
      WarehouseModule.forRoot(store.clickhouse),
      DeliveryReadModule,
    ],
  })
  class SpecModule {}
  app = await NestFactory.create(SpecModule, { logger: false, bodyParser: false, abortOnError: false });
  setupHttp(app, { host: '127.0.0.1', secret: undefined, principals, log: () => undefined });
  await app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}/api/v1/shops/asked`;
});
afterAll(async () => {
  await rig.stop();
  await app.close();
  await store.close();
});

async function call<T>(
  method: string,
  path: string,
  as: Role,
  body?: object,
): Promise<{ status: number; body: T & { code?: string; detail?: string } }> {
  const response = await fetch(`${url}/${path}`, {
    method,
    headers: { authorization: `Bearer token-of-${as}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T & { code?: string; detail?: string } };
}
const webhook = { kind: 'webhook', name: 'CRM', url: 'https://crm.example.org/hook', secret: 'crm', revision: 0 };

describe('channels', () => {
  it('are put by engineers, one at a time, and say who put them', async () => {
    expect((await call('PUT', 'delivery-channels/crm', 'marketer', webhook)).status).toBe(403);
    expect((await call<DeliveryChannel>('PUT', 'delivery-channels/crm', 'engineer', webhook)).body).toMatchObject({
      ...{ id: 'crm', revision: 1, by: 'engineer', on: true, rules: null, recovered: false, alarms: [] },
    });
    expect(await call('PUT', 'delivery-channels/crm', 'admin', webhook)).toMatchObject({
      status: 409,
      body: {
        code: 'channel-changed',
        detail: 'Channel crm is not at revision 0: engineer put revision 1. Read it again, then put your change.',
      },
    });
    expect((await call('PUT', 'delivery-channels/crm', 'admin', { ...webhook, revision: 1, on: false })).body).toMatchObject({
      revision: 2,
      on: false,
    });
    expect((await call('GET', 'delivery-channels', 'operator')).body).toMatchObject({ channels: [{ id: 'crm', revision: 2 }] });
    expect((await call('GET', 'delivery-channels/other', 'operator')).body).toMatchObject({
      code: 'channel-unknown',
      detail: 'asked has no channel other. There are: crm.',
    });
    expect(said.join()).toContain('delivery channel put {"principal":"engineer","shop":"asked","channel":"crm","revision":1,"on":true}');
  });

  it.each([
    [{ url: 'http://crm.example.org/hook' }, 'must be an https address'],
    [{ url: 'https://ann:secret@crm.example.org/' }, 'must hold no user, password, query or fragment'],
    [{ url: 'https://crm.example.org/?token=x' }, 'must hold no user, password, query or fragment'],
    [{ url: 'file:///etc/passwd' }, 'must be an https address'],
    [{ secret: 'Not A Name' }, 'must be the name of a secret'],
    [{ kind: 'pigeon' }, 'kind'],
    [{ sekret: 'x' }, 'sekret'],
    [{ kind: 'slack', url: undefined, secret: 'https://hooks.slack.example/T0' }, 'must be the name of a secret'],
    [{ kind: 'mail', url: undefined, secret: undefined, to: [] }, 'must name at least one address'],
    [{ kind: 'mail', url: undefined, secret: undefined, to: ['nobody'] }, 'to.0'],
    [{ kind: 'mail', url: undefined, secret: undefined, to: ['a@example.org'], digestHour: 24 }, 'digestHour'],
  ])('refuse %j', async (change, words) => {
    const answer = await call('PUT', 'delivery-channels/another', 'engineer', { ...webhook, ...change });
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(words);
  });
});

describe('deliveries', () => {
  it('are listed and shown, and a dead one is redriven by a marketer, who is named', async () => {
    const receiver = await Receiver.open();
    try {
      await rig.webhook('hook', receiver.url);
      await rig.alerts(['ann']);
      rig.start();
      await until('it is delivered', async () => (await rig.one('hook')).delivery.state === 'delivered');
      const { id } = (await rig.one('hook')).delivery;
      expect((await call('GET', 'deliveries?channel=hook', 'operator')).body).toMatchObject({
        ...{ deliveries: [{ id, about: 'alert', subject: 'alert-of-ann', step: 'opened', state: 'delivered', attempts: 1 }] },
        counts: { waiting: 0, delivered: 1, dead: 0 },
      });
      expect((await call('GET', `deliveries/${id}`, 'operator')).body).toMatchObject({
        ...{
          message: { about: 'alert', alert: { customerId: 'ann', currency: 'GBP' } },
          log: [{ step: 'created' }, { step: 'delivered', detail: '200' }],
        },
      });
      expect(await call('POST', `deliveries/${id}/redrive`, 'marketer')).toMatchObject({
        status: 409,
        body: { code: 'delivery-not-dead' },
      });
      await rig.stop();
      receiver.answer = (response) => void (response.writeHead(500), response.end());
      const [bea] = await rig.alerts(['bea']);
      const [dead] = (await rig.outbox.page(rig.shop, { id }, 1)).map((row) => ({
        ...row,
        id: 'd'.repeat(32),
        subject: bea ?? '',
        state: 'dead' as const,
        body: '',
      }));
      if (dead) await rig.outbox.append(rig.shop, [{ ...dead, turn: 1, what: 'dead' }]);
      expect((await call('POST', `deliveries/${'d'.repeat(32)}/redrive`, 'operator')).status).toBe(403);
      expect(await call('POST', 'deliveries/redrive', 'marketer', { channel: 'nobody' })).toMatchObject({
        status: 404,
        body: { code: 'channel-unknown' },
      });
      expect(await call('POST', 'deliveries/redrive', 'marketer', { channel: 'hook' })).toMatchObject({
        status: 200,
        body: { redriven: ['d'.repeat(32)] },
      });
      const [redriven] = await rig.outbox.page(rig.shop, { id: 'd'.repeat(32) }, 1);
      expect(redriven).toMatchObject({ state: 'waiting', by: 'marketer', attempts: 0 });
      expect(said.join()).toContain('dead deliveries redriven {"principal":"marketer"');
      expect(await call('GET', `deliveries/${'0'.repeat(32)}`, 'operator')).toMatchObject({
        status: 404,
        body: { code: 'delivery-unknown' },
      });
      expect((await call('GET', 'deliveries/nonsense', 'operator')).status).toBe(400);
    } finally {
      await receiver.close();
    }
  });
});
