import { topicOf, type PipelineAnswer, type ShopAnswer } from '#contracts';
import { openStreaming, type Streaming } from '#streaming';
import { anOrder, Instance, silent } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../browser/demo.js';
import { accessibilityOf, launch, open, sidewaysScroll, textOf, type Watched } from '../browser/stage.js';
import { screens } from './screens.js';

// The page on the built program, with its own Kafka and its own engine: what `npm start` runs. Needs the build (npm test makes it).

/** For what follows a restart: a killed member of a consumer group is waited for. */
const timeout = 60_000;

let directory: string;
let browser: Browser;
let instance: Instance;
let streaming: Streaming;
let watched: Watched;
let sent = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-page-live-'));
  [browser, instance] = await Promise.all([launch(), Instance.start(directory)]);
  await connect();
  for (const [shop, currency] of [
    ['north', 'EUR'],
    ['south', 'GBP'],
  ] as const) {
    await instance.call('PUT', `/api/v1/shops/${shop}`, { timeZone: 'UTC', currency });
    await until(`${shop} is ready`, async () => (await instance.get<ShopAnswer>(`/api/v1/shops/${shop}`)).status === 'ready');
  }
  await sell('north', 'EUR', '120.50');
  await sell('south', 'GBP', '7.25');
  watched = await open(browser, `${instance.url}/?shop=north`);
  await shows(watched.page, '1');
}, 120_000);
afterAll(async () => {
  await watched?.context.close();
  await browser?.close();
  await streaming?.close();
  await instance?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** A client of the instance's broker, as any producer is one. */
async function connect(): Promise<void> {
  const { kafka } = await instance.get<PipelineAnswer>('/api/v1/pipeline');
  streaming = openStreaming({ brokers: kafka.brokers, clientId: 'tests', logger: silent });
}

/** One order, happened now, through Kafka. */
async function sell(shop: string, currency: string, price: string): Promise<void> {
  sent += 1;
  const lines = [{ line: 1, productId: 'p-1', quantity: 1, unitPrice: price }];
  const { topic, key, value } = anOrder({
    orderId: `o-${sent}`,
    customerId: `c-${sent}`,
    orderedAt: new Date().toISOString(),
    currency,
    lines,
  });
  const producer = await streaming.producer();
  await producer.send(topicOf(shop, topic), [{ key, value }]);
  await producer.close();
}

/** The tile of orders says so. */
async function shows(page: Page, orders: string): Promise<void> {
  await page.getByTestId('tile-orders-value').getByText(orders, { exact: true }).waitFor({ timeout });
}

async function pill(page: Page, state: string): Promise<void> {
  await page.locator(`[data-testid=pill][data-state=${state}]`).waitFor({ timeout });
}

describe('the page on a running instance', () => {
  it('moves with an order that came through Kafka', async () => {
    const { page } = watched;
    expect(await textOf(page, 'tile-grossSales-value')).toBe('€120.50');
    await sell('north', 'EUR', '0.005');
    await shows(page, '2');
    // Half a cent more: rounded on the screen, every digit in the title.
    expect(await textOf(page, 'tile-grossSales-value')).toBe('€120.51');
    expect(await page.getByTestId('tile-grossSales-value').getAttribute('title')).toBe('EUR 120.505');
    await page.locator('[data-testid=feed-item]').nth(1).waitFor();
    await page.getByTestId('chart').locator('canvas').waitFor();
    await pill(page, 'live');
    await page.getByTestId('pipeline-lag').getByText('nothing waits; running').waitFor();
  });

  it('stands still in a pause by Space, counts what waits, and shows the newest when it resumes', async () => {
    const { page } = watched;
    await page.keyboard.press('Space');
    await pill(page, 'paused');
    await sell('north', 'EUR', '10');
    await sell('north', 'EUR', '10');
    await page.locator('[data-testid=waiting][data-items="2"]').waitFor();
    expect(Number(await page.getByTestId('waiting').getAttribute('data-snapshots'))).toBeGreaterThanOrEqual(2);
    expect(await textOf(page, 'waiting')).toMatch(/^\d+ snapshots and 2 feed items wait\.$/);
    expect(await textOf(page, 'tile-orders-value')).toBe('2');
    await page.keyboard.press('Space');
    await shows(page, '4');
    expect(await textOf(page, 'tile-grossSales-value')).toBe('€140.51');
    await pill(page, 'live');
  });

  it('switches to another shop, and no figure of the first one comes along', async () => {
    const { page } = watched;
    await page.getByTestId('shop').selectOption('south');
    await shows(page, '1');
    expect(await textOf(page, 'tile-grossSales-value')).toBe('£7.25');
    await sell('north', 'EUR', '99');
    await sell('south', 'GBP', '0.75');
    await shows(page, '2');
    expect(await textOf(page, 'tile-grossSales-value')).toBe('£8.00');
    await page.getByTestId('shop').selectOption('north');
    await shows(page, '5');
    expect(new URL(page.url()).search).toBe('?shop=north&period=today');
  });

  for (const { width, scheme } of screens([360, 1280])) {
    it(`${width} pixels, ${scheme}: no sideways scroll, no complaint, axe clean`, async () => {
      const { page, context, complaints } = await open(browser, `${instance.url}/?shop=north`, { width, scheme });
      await shows(page, '5');
      await page.getByTestId('chart').locator('canvas').waitFor();
      expect(await sidewaysScroll(page)).toBe(0);
      expect(await accessibilityOf(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    });
  }

  it('says that it reconnects when the instance is killed, and is live by itself with the newest figures when it is back', async () => {
    const { page, complaints } = watched;
    expect(complaints).toEqual([]);
    await streaming.close();
    await instance.kill();
    await pill(page, 'reconnecting');
    await page.getByTestId('lost-bar').waitFor();
    expect(await textOf(page, 'tile-orders-value')).toBe('5');
    // The same directory and port, as who starts it again does.
    instance = await Instance.start(directory, { TIDELINE_PORT: new URL(instance.url).port });
    await connect();
    await sell('north', 'EUR', '1');
    await pill(page, 'live');
    await shows(page, '6');
    expect(await textOf(page, 'tile-grossSales-value')).toBe('€240.51');
    expect(await page.getByTestId('lost-bar').count()).toBe(0);
    // The browser itself writes each attempt that found nobody, or that the kill cut short; nothing else was wrong.
    expect(complaints.filter((each) => !/net::ERR_CONNECTION_(REFUSED|RESET)/.test(each))).toEqual([]);
  }, 120_000);
});
