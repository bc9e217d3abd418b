import { AlertsReadModule, BacktestModule } from '#alerts';
import { ConfigModule, readConfig } from '#config';
import { role, topicOf, type AlertRulesAnswer, type BacktestAnswer, type Role } from '#contracts';
import { httpConfig, HttpModule, listenOn, Principals, setupHttp } from '#http';
import { ingestionConfig, IngestionModule, IngestionService } from '#ingestion';
import { ObservabilityModule, type Logger } from '#observability';
import { PastScores, PastScoresModule } from '#scoring';
import { StreamingModule } from '#streaming';
import { SpecAlarmsModule, openTestStack, silences, silent, type TestStack } from '#testing';
import { ModelRepository, readManifest, ShopRepository, WarehouseModule } from '#warehouse';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';

// Real broker, engine and model; the shop's history is that of `silences`: forty customers, a year.

const principals = new Principals(
  role.options.map((each) => ({ name: each, role: each, tokenHash: createHash('sha256').update(`token-of-${each}`).digest('hex') })),
);
/** What was said of backtests that came to their end. */
const tried: object[] = [];
let stack: TestStack;
let app: INestApplication;
let url: string;

beforeAll(async () => {
  stack = await openTestStack();
  @Module({
    imports: [
      ConfigModule.forRoot(readConfig([httpConfig, ingestionConfig], { TIDELINE_REFRESH_MS: '20' })),
      ObservabilityModule.forRoot({ ...silent, info: (fields: object) => void tried.push(fields) } as unknown as Logger),
      HttpModule.forRoot(principals),
      WarehouseModule.forRoot(stack.clickhouse),
      StreamingModule.forRoot(stack.streaming),
      SpecAlarmsModule,
      IngestionModule.forRoot({ onTruncation: 'halt', claimedBy: 'spec' }),
      AlertsReadModule,
      BacktestModule.forRoot(PastScoresModule, PastScores),
    ],
  })
  class SpecModule {}
  app = await NestFactory.create(SpecModule, { logger: false, bodyParser: false, abortOnError: false });
  setupHttp(app, { host: '127.0.0.1', secret: undefined, principals, log: () => undefined });
  const shops = app.get(ShopRepository);
  await shops.prepareSystem();
  const settings = { timeZone: 'Europe/London', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' } as const;
  const lived = await shops.register({ shop: 'lived', ...settings });
  const empty = await shops.register({ shop: 'empty', ...settings });
  await shops.register({ shop: 'unscored', ...settings });
  const models = new ModelRepository(stack.clickhouse);
  const manifest = readManifest(JSON.parse(await readFile(resolve('libs/scoring/fixtures/churn.json'), 'utf8')));
  const { version } = await models.add(
    { name: 'fixture', manifest, file: await readFile(resolve('libs/scoring/fixtures/churn.onnx')) },
    'spec',
  );
  for (const shop of [lived, empty]) await models.move(shop, 'promote', version, 'spec');
  await app.get(IngestionService).start();
  url = await listenOn(app, 0, '127.0.0.1');
  const producer = await stack.streaming.producer();
  const script = [...silences.history(), ...silences.ahead(1, 330)].flatMap((each) => ('tick' in each ? [] : [each]));
  for (const { topic, key, value } of script) await producer.send(topicOf('lived', topic), [{ key, value: value.toString() }]);
  await producer.close();
  const wanted = script.filter(({ topic }) => topic === 'transactions.v1').length;
  for (let tries = 0; ; tries += 1) {
    const { asOf } = (await call<{ asOf: string | null }>('GET', 'lived', 'alert-rules/churn-high/effect', 'operator')).body;
    if (asOf !== null && Date.parse(asOf) > Date.parse(silences.at(325))) break;
    if (tries > 400) throw new Error(`The ${wanted} orders are not in the figures: the clock stands at ${asOf}.`);
    await sleep(100);
  }
  await sleep(1_500);
});
afterAll(async () => {
  await app.get(IngestionService).stop();
  await app.close();
  await stack.stop();
});

interface Problem {
  readonly code?: string;
  readonly detail?: string;
}
async function call<T>(
  method: string,
  shop: string,
  path: string,
  as: Role,
  body?: object,
): Promise<{ status: number; body: T & Problem }> {
  const response = await fetch(`${url}/api/v1/shops/${shop}/${path}`, {
    method,
    headers: { authorization: `Bearer token-of-${as}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T & Problem };
}
const rule = { rule: 'tried', name: 'Tried', band: 'high', revision: 0, holdout: 0, capPerDay: null, cooldownDays: 0, weeks: 20 };
const tryIt = (change: object = {}, shop = 'lived', as: Role = 'marketer') =>
  call<BacktestAnswer>('POST', shop, 'alert-rules/backtest', as, { ...rule, ...change });

it('says what a rule would have done, and puts nothing', async () => {
  const { status, body } = await tryIt({ rule: 'churn-high' });
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body).toMatchObject({
    shop: 'lived',
    rule: 'churn-high',
    weeks: 20,
    asked: 20,
    horizonDays: 90,
    model: { trainedOn: expect.any(String) as string },
  });
  const { outcome, alerts } = body;
  expect(alerts.sent).toBeGreaterThan(10);
  expect(alerts.sent).toBe(alerts.perDay.reduce((sum, each) => sum + each.alerts, 0));
  expect(alerts.perDay.length).toBe(141);
  expect(outcome.all.known + outcome.all.notYetKnown).toBe(alerts.sent);
  expect(outcome.seen.alerts + outcome.unseen.alerts).toBe(alerts.sent);
  expect(outcome.all.known).toBeGreaterThan(0);
  expect(outcome.all.base.all).toBeGreaterThan(0);
  expect(Number(alerts.netValueAtStake)).toBeGreaterThan(0);
  expect(body.overlap).toMatchObject([{ rule: 'churn-high', revision: 0 }]);
  expect(body.overlap[0]?.share).toBeGreaterThan(0.5);
  const { rules } = (await call<AlertRulesAnswer>('GET', 'lived', 'alert-rules', 'operator')).body;
  expect(rules.map(({ id, revision }) => `${id} ${revision}`)).toEqual(['churn-high 0']);
  // Another rule of the same band comes second: the shop's own one has alerted by then.
  const second = (await tryIt()).body;
  expect(second.suppressed['duplicate']).toBeGreaterThanOrEqual(alerts.sent / 2);
  expect(second.bandChanges).toBe(body.bandChanges);
});

it('says how many weeks there were where the shop is younger', async () => {
  const { body } = await tryIt({ weeks: 52 });
  expect(body.asked).toBe(52);
  expect(body.weeks).toBeGreaterThan(48);
  expect(body.weeks).toBeLessThan(50);
  expect(body.alreadyInside).toBe(0);
  expect(body.notes.join(' ')).toMatch(/younger than 52 weeks/);
});

it('refuses what a PUT refuses, who may not, and what cannot be tried', async () => {
  expect((await tryIt({}, 'lived', 'operator')).status).toBe(403);
  expect(await tryIt({ revision: 3 })).toMatchObject({ status: 409, body: { code: 'rule-changed' } });
  expect(await tryIt({ band: 'low' })).toMatchObject({ status: 400 });
  expect(await tryIt({ weeks: 53 })).toMatchObject({ status: 400 });
  expect(await tryIt({}, 'empty')).toMatchObject({ status: 422, body: { code: 'backtest-no-history' } });
  expect(await tryIt({}, 'unscored')).toMatchObject({ status: 422, body: { code: 'backtest-no-model' } });
  expect(await tryIt({}, 'nowhere')).toMatchObject({ status: 404 });
});

it('runs one at a time, and ends when who asked has gone', async () => {
  const both = await Promise.all([tryIt({ weeks: 30 }), tryIt({ weeks: 30 })]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(both.find(({ status }) => status === 409)?.body.code).toBe('backtest-runs');
  const gone = new AbortController();
  const asked = fetch(`${url}/api/v1/shops/lived/alert-rules/backtest`, {
    method: 'POST',
    headers: { authorization: 'Bearer token-of-marketer', 'content-type': 'application/json' },
    body: JSON.stringify({ ...rule, weeks: 35 }),
    signal: gone.signal,
  });
  await sleep(30);
  gone.abort();
  await expect(asked).rejects.toThrow(/abort/i);
  // It is given up, not finished: when the next one is through, longer than it would have taken, it has not come to its end.
  for (let tries = 0; (await tryIt({ weeks: 36 })).status !== 200; tries += 1) {
    if (tries > 200) throw new Error('The shop is never free again.');
    await sleep(20);
  }
  await sleep(1_500);
  expect(tried).toContainEqual(expect.objectContaining({ weeks: 36 }));
  expect(tried).not.toContainEqual(expect.objectContaining({ weeks: 35 }));
});
