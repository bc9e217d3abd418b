import { KpiService } from '#analytics';
import { timeZoneNames } from '#clock';
import { ident, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { breakdownQuery, roomQueries, seriesQuery, summaryQuery } from '#contracts';
import { HeadlineReads, KpiReads, ShopGate, StockReads, WatermarkRepository, type Shop } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aLine, anOrder, aProduct } from '../builders/index.js';
import { conventions, foldOracle, type BreakdownBy, type Oracle } from '../oracle/index.js';
import { seededShop } from '../scenarios/index.js';
import { ShopRun } from './shop-run.js';

const scenario = seededShop(11, { timeZone: 'America/New_York', orders: 120 });
let directory: string;
let clickhouse: ClickHouse;
let shop: Shop;
let gate: ShopGate;
let answers: KpiService;
let oracle: Oracle;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-answers-'));
  clickhouse = await openEmbedded(directory);
  const run = await ShopRun.open(clickhouse, 'answers', scenario.shop);
  await run.arrive(scenario.messages, 1_000);
  shop = run.shop;
  gate = new ShopGate(new WatermarkRepository(clickhouse));
  answers = new KpiService(new KpiReads(clickhouse), new HeadlineReads(clickhouse, gate), gate);
  oracle = foldOracle(scenario.messages, scenario.shop);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

/** The whole history; local dates; open ends; ends within an hour; the night on which the clocks go back; nothing at all. */
const periods: { from?: string; to?: string }[] = [
  {},
  { from: '2023-03-01', to: '2023-06-15' },
  { from: '2023-05-10' },
  { to: '2023-09-01' },
  { from: '2023-03-12T06:30:05Z', to: '2023-11-05T05:59:55Z' },
  { from: '2023-11-05T05:00:00Z', to: '2023-11-05T07:00:00Z' },
  { from: '2022-01-01', to: '2022-02-01' },
];
const asked = periods.flatMap((period) => conventions.map((refunds) => ({ ...period, refunds })));

describe.each(asked)('answers over $from to $to by $refunds equal the oracle', (query) => {
  it('summary', async () => {
    expect((await answers.summary(shop, summaryQuery.parse(query))).figures).toEqual(oracle.summary(query));
  });

  it.each(['hour', 'day', 'week', 'month'] as const)('series by %s', async (grain) => {
    expect((await answers.series(shop, seriesQuery.parse({ ...query, grain }))).points).toEqual(oracle.series(grain, query));
  });

  it.each(['product', 'category', 'brand', 'country', 'region', 'city', 'payment', 'channel', 'campaign'] satisfies BreakdownBy[])(
    'breakdown by %s',
    async (by) => {
      const { rows } = await answers.breakdown(shop, breakdownQuery.parse({ ...query, by, limit: 1_000 }));
      const shown = oracle.breakdown(by, query).map(({ member, ...figures }) => ({ ...figures, member: memberInAnswer(by, member) }));
      expect(rows.map(({ label: _, parts: __, ...row }) => row)).toEqual(shown);
    },
  );
});

it('compares an open end with as many days as the data have, and says where they end', async () => {
  const end = Date.parse(oracle.series('day', {}).at(-1)?.local ?? '') + 86_400_000;
  expect(new Date(end).getUTCDate()).not.toBe(1);
  const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const from = dateOf(end - 9 * 86_400_000);
  const dates = { from: dateOf(end - 18 * 86_400_000), to: from };
  const open = await answers.summary(shop, summaryQuery.parse({ from, compare: 'previous' }));
  const closed = await answers.summary(shop, summaryQuery.parse({ from, to: dateOf(end), compare: 'previous' }));
  expect([open.from, open.to]).toEqual([closed.from, closed.to]);
  expect(open.previous).toEqual(closed.previous);
  expect(open.previous?.figures).toEqual(oracle.summary(dates));
  const live = await answers.headline(shop, roomQueries.headline.parse({ period: 'custom', from }));
  expect([live.from, live.to, live.previous?.from, live.previous?.to]).toEqual([
    open.from,
    open.to,
    open.previous?.from,
    open.previous?.to,
  ]);
});

it('ends where it begins what begins behind all that there is', async () => {
  const from = '2099-01-01T00:00:00Z';
  const { from: begins, to, figures } = await answers.summary(shop, summaryQuery.parse({ from }));
  expect([begins, to, figures.orders]).toEqual([to, to, 0]);
});

it('compares with nothing that lies before the instants of the contract', async () => {
  const wide = { from: '1990-01-01', to: '2026-01-01' };
  expect((await answers.summary(shop, summaryQuery.parse({ ...wide, compare: 'previous' }))).previous).toBeNull();
  expect((await answers.headline(shop, roomQueries.headline.parse({ ...wide, period: 'custom' }))).previous).toBeNull();
  const instants = { from: '1990-01-01T00:00:00Z', to: '2009-01-01T00:00:00Z', compare: 'previous' };
  expect((await answers.summary(shop, summaryQuery.parse(instants))).previous?.from).toBe('1971-01-01T00:00:00.000Z');
});

it.each([
  ['America/Caracas', '2016-04-30', '2016-05-04'],
  ['Australia/Lord_Howe', '2024-10-04', '2024-10-08'],
  ['Australia/Lord_Howe', '2024-04-05', '2024-04-09'],
])('%s from %s to %s: no hour is lost where a zone moves by half an hour', async (timeZone, from, to) => {
  const settings = { timeZone, currency: 'GBP' };
  const run = await ShopRun.open(clickhouse, `half-an-hour-${from}`, settings);
  // Every ten minutes.
  const orders = Array.from({ length: (Date.parse(to) - Date.parse(from)) / 600_000 }, (_, index) =>
    anOrder({ orderId: `order-${index}`, orderedAt: new Date(Date.parse(from) + index * 600_000).toISOString() }),
  );
  await run.arrive(orders, orders.length);
  const told = foldOracle(orders, settings);
  const { points } = await answers.series(run.shop, seriesQuery.parse({ grain: 'hour' }));
  expect(points).toEqual(told.series('hour', {}));
  expect(points.reduce((sum, each) => sum + each.orders, 0)).toBe(orders.length);
  // A range that ends within the day of the change, from whole hours and the rest of one.
  const query = { from: `${from}T20:50:00Z`, to: new Date(Date.parse(to) - 86_400_000 + 13_200_000).toISOString() };
  expect((await answers.summary(run.shop, summaryQuery.parse(query))).figures).toEqual(told.summary(query));
});

it('says what a product is now as soon as that is settled, and partial until then', async () => {
  const run = await ShopRun.open(clickhouse, 'relabelled', { timeZone: 'UTC', currency: 'GBP' });
  await run.arrive([aProduct({ name: 'Plain', category: 'food' }), anOrder({ lines: [aLine()] })], 10);
  const shown = async (query: object): Promise<unknown> => {
    const { rows, partial } = await answers.breakdown(run.shop, breakdownQuery.parse(query));
    return [...rows.map(({ label }) => label), partial];
  };
  const byCategory = { by: 'category' };
  // Ends inside a day, so that names stand beside facts.
  const byProduct = { by: 'product', from: '2020-01-01T00:00:05Z' };
  expect([await shown(byCategory), await shown(byProduct)]).toEqual([
    ['food', false],
    ['Plain', false],
  ]);
  await run.arrive([aProduct({ revision: 2, name: 'Sweet', category: 'sweets' })], 1, false);
  expect([await shown(byCategory), await shown(byProduct)]).toEqual([
    ['food', true],
    ['Plain', true],
  ]);
  const live = run.refresher.live?.generation;
  await run.settle();
  expect(run.refresher.live?.generation).toBe(live);
  expect([await shown(byCategory), await shown(byProduct)]).toEqual([
    ['sweets', false],
    ['Sweet', false],
  ]);
  // Of facts alone: what waits to be settled says nothing about them.
  await run.arrive([aProduct({ revision: 3, category: 'bread' }), anOrder({ orderId: 'order-2', lines: [aLine()] })], 10, false);
  expect(await shown({ by: 'country', from: '2020-01-01T00:00:05Z' })).toEqual(['unknown', false]);
});

it('the time zones that a shop may have are those of the engine', async () => {
  const zones = await clickhouse.query<{ time_zone: string }>(sql`SELECT time_zone FROM ${ident('system', 'time_zones')}`);
  // `Factory` is what a machine has before anybody set its zone.
  const names = zones.map((each) => each.time_zone).filter((name) => name !== 'Factory');
  expect([...timeZoneNames].sort()).toEqual(names.sort());
});

it('stock at instants of the year equals the oracle', async () => {
  const reads = new StockReads(clickhouse);
  let below = 0;
  for (let month = 0; month < 12; month += 1) {
    const at = Date.UTC(2023, month, 20, 3, 30);
    const found = new Map([...(await reads.at(shop, new Date(at)))].map(([product, { units }]) => [product, BigInt(units)]));
    expect(found).toEqual(oracle.stock(at));
    below += [...found.values()].filter((units) => units < 0n).length;
  }
  expect([oracle.stock(Infinity).size, below > 0]).toEqual([5, true]);
});

/** Answers say null for what is not known, and part regions and cities with a slash. */
function memberInAnswer(by: BreakdownBy, member: string): string | null {
  if (by === 'region' || by === 'city') return member.replaceAll('\u001f', '') === '' ? null : member.replaceAll('\u001f', '/');
  return member === '' || member === '\u001forder' ? null : member;
}
