import { AlertsOwnerModule, AlertsService } from '#alerts';
import { sql } from '#clickhouse';
import { ConfigModule, readConfig } from '#config';
import { topicOf, type ReplayBody } from '#contracts';
import { ingestionConfig, IngestionModule, IngestionService } from '#ingestion';
import { ObservabilityModule, type Logger } from '#observability';
import { ReplayIntakeModule, ReplayModule, ReplayService } from '#replay';
import { ScorerModule, ScorerService } from '#scoring';
import { StreamingModule } from '#streaming';
import {
  SpecAlarmsModule,
  openTestStack,
  promoteFixture,
  silences,
  silent,
  toldAlerts,
  until,
  type TestMessage,
  type TestStack,
} from '#testing';
import { AlertRuleRepository, ShopRepository, tableOf, WarehouseModule, WatermarkRepository, type Shop } from '#warehouse';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, expect, it } from 'vitest';

// Real broker, real engine, pipeline, scorer and owner of alerts in one process, which is ended and begun again.

const source = 'silent';
let stack: TestStack;
let app: INestApplicationContext;

async function open(): Promise<INestApplicationContext> {
  @Module({
    imports: [
      ConfigModule.forRoot(readConfig([ingestionConfig], { TIDELINE_REFRESH_MS: '20' })),
      ObservabilityModule.forRoot(silent as unknown as Logger),
      WarehouseModule.forRoot(stack.clickhouse),
      StreamingModule.forRoot(stack.streaming),
      ReplayIntakeModule.forRoot(),
      SpecAlarmsModule,
      IngestionModule.forRoot({ onTruncation: 'halt', claimedBy: 'spec' }),
      ReplayModule,
      ScorerModule.forRoot(),
      AlertsOwnerModule,
    ],
  })
  class SpecModule {}
  const opened = await NestFactory.createApplicationContext(SpecModule, { logger: false, abortOnError: false });
  await opened.get(ShopRepository).prepareSystem();
  await opened.get(IngestionService).start();
  await opened.get(ScorerService).start();
  await opened.get(AlertsService).start();
  return opened;
}

async function close(): Promise<void> {
  await app.get(AlertsService).stop();
  await app.get(ScorerService).stop();
  await app.get(IngestionService).stop();
  await app.close();
}

beforeAll(async () => {
  stack = await openTestStack();
  app = await open();
});
afterAll(async () => {
  await close();
  await stack.stop();
});

const isMessage = (item: ReturnType<typeof silences.ahead>[number]): item is TestMessage => !('tick' in item);
/** The last order lies long enough behind the others that everybody falls silent before it. */
const messages = [...silences.history(), ...silences.ahead(3, 215).filter(isMessage), silences.order('end', 'clockwork', 420)];

async function aSource(): Promise<void> {
  const settings = { timeZone: 'Europe/London', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' } as const;
  const shop = await app.get(ShopRepository).register({ shop: source, ...settings });
  await until(() => app.get(IngestionService).pipeline(source)?.ready === true, `${source} is ready`);
  const producer = await stack.streaming.producer();
  for (const { topic, key, value } of messages) await producer.send(topicOf(source, topic), [{ key, value }]);
  await producer.close();
  const stands = async (): Promise<boolean> =>
    (await new WatermarkRepository(stack.clickhouse).read(shop))?.clock?.toISOString() === silences.at(420);
  await until(stands, 'the history is in every figure');
  const rule = { name: 'r', band: 'medium', holdout: 0.2, capPerDay: null, cooldownDays: 0, revision: 1 };
  const stored = { rule: 'churn-high', revision: 1, from: 0, by: 'spec', body: JSON.stringify(rule) };
  await new AlertRuleRepository(stack.clickhouse).add(shop, stored);
}

const start = (into: string, asked: Partial<ReplayBody> = {}) =>
  app.get(ReplayService).start(source, { into, speed: 'max', scores: true, ...asked }, 'spec');
const stateOf = (into: string) => app.get(ReplayService).show(source, into);

/** Every step of every alert, every one that was not sent, and every change of a band, to the last word, once all of it is there. */
async function told(into: string): Promise<{ alerts: string[]; moves: string[] }> {
  await until(async () => (await stateOf(into)).state === 'done', `${into} is done`, { ms: 200_000 });
  const shop = (await app.get(ShopRepository).find(into)) as Shop;
  const producer = await stack.streaming.producer();
  const alerts = await toldAlerts(stack.clickhouse, producer, shop, Date.parse(silences.at(420)));
  await producer.close();
  const moves = await stack.clickhouse.query<object>(
    sql`SELECT toString(decided_at) AS at, customer_id, cause, previous_band, band, probability, reasons, muted FROM ${tableOf(shop, 'churn_scores')} FINAL
WHERE role = 'active' AND kind = 'move' ORDER BY decided_at, customer_id, sequence, ordinal`,
  );
  return { alerts, moves: moves.map((row) => JSON.stringify(row)) };
}

it('scores and alerts as it goes, and comes to the same alerts at any pace and after any end', async () => {
  await aSource();
  await expect(start('early')).rejects.toMatchObject({ code: 'replay-unscored' });
  await promoteFixture(stack.clickhouse, (await app.get(ShopRepository).find(source)) as Shop);

  await start('at-once');
  const atOnce = await told('at-once');
  const steps = atOnce.alerts.map((row) => (JSON.parse(row) as { kind: string; what: string }).what);
  for (const what of ['opened', 'recovered', 'expired', 'holdout']) expect(steps, what).toContain(what);
  expect(atOnce.moves.filter((move) => move.includes('"muted":1') || move.includes('"cause":"first"'))).toEqual([]);
  expect(atOnce.moves.filter((move) => move.includes('"cause":"silence"')).length).toBeGreaterThan(30);

  // Some fifty stretches instead of one, with everything ended in the middle and begun again.
  const spanSeconds = 420 * 86_400;
  await start('paced', { speed: spanSeconds / 12 });
  await until(async () => ((await stateOf('paced')).scoredUntil ?? '') > silences.at(150), 'paced is on its way', { ms: 100_000 });
  const middle = await stateOf('paced');
  expect(middle).toMatchObject({ scored: true, state: 'running' });
  await close();
  app = await open();
  const paced = await told('paced');
  expect(paced.moves).toEqual(atOnce.moves);
  expect(paced.alerts).toEqual(atOnce.alerts);
});

it('leaves nothing behind when it is deleted: the next of its name begins with nobody', async () => {
  const before = await told('at-once');
  await app.get(ReplayService).remove(source, 'at-once');
  await until(async () => (await app.get(ShopRepository).removed()).length === 0, 'the sandbox is gone');
  await expect(stack.streaming.bounds([topicOf('at-once', 'alerts.v1')])).rejects.toMatchObject({ code: 'topic-missing' });
  await start('at-once');
  expect(await told('at-once')).toEqual(before);
});

it('without scores has no topic and decides on nobody', async () => {
  await start('plain', { scores: false });
  await until(async () => (await stateOf('plain')).state === 'done', 'plain is done', { ms: 100_000 });
  expect(await stateOf('plain')).toMatchObject({ scored: false, scoredUntil: null });
  await expect(stack.streaming.bounds([topicOf('plain', 'alerts.v1')])).rejects.toMatchObject({ code: 'topic-missing' });
});
