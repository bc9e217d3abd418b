import { Alarms } from '#alarms';
import { openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { loseRow, seededShop, ShopRun } from '#testing';
import { AuditRepository, before, figureTables, LedgerRepository, microsOf, tableOf } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Audit, type AuditReport } from './audit.js';

// A large shop is compared some months at a time. Here the months of a small one are cut apart likewise.

const ordersPerRun = 50;

let directory: string;
let clickhouse: ClickHouse;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-audit-'));
  clickhouse = await openEmbedded(directory);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

describe.each(['Europe/London', 'Australia/Lord_Howe'])('the audit of a shop in %s', (timeZone) => {
  let run: ShopRun;
  let repository: AuditRepository;
  beforeAll(async () => {
    const scenario = seededShop(23, { orders: 120, timeZone });
    run = await ShopRun.open(clickhouse, timeZone.replace(/\W/g, '-').toLowerCase(), scenario.shop);
    await run.arrive(scenario.messages, 200);
    repository = new AuditRepository(clickhouse);
  });

  const audit = (alarms = new Alarms()): Audit =>
    new Audit(
      run.shop,
      new LedgerRepository(clickhouse),
      repository,
      alarms,
      () => run.refresher.watermark?.positions ?? [],
      () => Promise.resolve([]),
      (work) => work(),
      ordersPerRun,
    );

  /** What one round over all months says, which takes turns with the newest. */
  async function round(of: Audit, parts: number): Promise<AuditReport[]> {
    const reports: AuditReport[] = [];
    for (let part = 0; part < 2 * parts; part += 1) reports.push(await of.run());
    return reports;
  }
  const wrongs = (reports: readonly AuditReport[]) =>
    reports.flatMap(({ checks }) => checks.filter(({ check, ok }) => !ok && check !== 'broker').map(({ detail }) => detail));

  it('agrees on each of its stretches, which together are everything', async () => {
    const stretches = await repository.stretches(run.shop, ordersPerRun);
    expect(stretches.length).toBeGreaterThan(2);
    expect(wrongs(await round(audit(), 2 * stretches.length))).toEqual([]);

    const [everything] = await repository.stretches(run.shop, 100_000);
    if (!everything) throw new Error('There is none.');
    const sums = new Map<string, bigint>();
    for (const stretch of stretches) {
      for (const { name: said, actual } of await repository.totals(run.shop, stretch)) {
        const [name = ''] = said.split(',');
        sums.set(name, (sums.get(name) ?? 0n) + microsOf(actual));
      }
    }
    const whole = await repository.totals(run.shop, everything);
    expect(sums).toEqual(new Map(whole.map(({ name, actual }) => [name, microsOf(actual)])));
  });

  it('recomputes from the ledger every order that counts, each in one stretch', async () => {
    const known = before((run.refresher.watermark?.positions ?? []).filter(({ topic }) => topic === 'transactions.v1'));
    const orders: string[] = [];
    for (const stretch of await repository.stretches(run.shop, ordersPerRun)) {
      const ledger = await repository.grossOfLedger(run.shop, { stretch, share: 1, turn: 0 }, known);
      expect(ledger).toEqual(await repository.grossOfFacts(run.shop, { stretch, share: 1, turn: 0 }));
      orders.push(...ledger.keys());
    }
    const facts = await clickhouse.query<{ order_id: string }>(sql`SELECT DISTINCT order_id FROM ${tableOf(run.shop, 'fact_sales')} FINAL`);
    expect(orders.sort()).toEqual(facts.map((row) => row.order_id).sort());
  });

  it.each([
    ['agg_headline', sql`grain = 'hour'`, sql`bucket`, /^headline hour gross/],
    ['agg_kpi', sql`grain = 'day' AND dimension = 'all'`, sql`bucket`, /^day gross/],
    ['agg_customer', sql`1`, sql`customer_key`, /^customers gross/],
    ['agg_customer_month', sql`1`, sql`customer_key, month`, /^customer/],
  ])('names a wrong sum of %s in one round, wherever it stands', async (name, where, key, named) => {
    const parts = (await repository.stretches(run.shop, ordersPerRun)).length;
    const table = tableOf(run.shop, name);
    const [rows] = await clickhouse.query<{ n: string }>(sql`SELECT count() AS n FROM ${table} FINAL WHERE ${where}`);
    for (const at of [0, Number(rows?.n) - 1]) {
      const plus = (cents: number): Promise<void> =>
        clickhouse.command(sql`INSERT INTO ${table} SELECT * REPLACE (gross + ${cents} AS gross, generation + 1 AS generation)
FROM ${table} FINAL WHERE ${where} ORDER BY ${key} LIMIT 1 OFFSET ${at}`);
      await plus(1);
      const found = wrongs(await round(audit(), parts));
      await plus(-1);
      expect(found.length).toBeGreaterThan(0);
      for (const words of found) expect(words).toMatch(named);
    }
    expect(wrongs(await round(audit(), parts))).toEqual([]);
  });

  it('compares again what differs, and its alarm stands until it agrees', async () => {
    const parts = (await repository.stretches(run.shop, ordersPerRun)).length;
    const table = tableOf(run.shop, 'agg_kpi');
    const plus = (cents: number): Promise<void> =>
      clickhouse.command(sql`INSERT INTO ${table} SELECT * REPLACE (gross + ${cents} AS gross, generation + 1 AS generation)
FROM ${table} FINAL WHERE grain = 'day' AND dimension = 'all' ORDER BY bucket LIMIT 1`);
    const alarms = new Alarms();
    const keeping = audit(alarms);
    const standing = () => alarms.list().filter(({ subject }) => subject === 'totals').length;
    await plus(1);
    expect(wrongs([await keeping.run(true)])).toHaveLength(1);
    for (let run = 0; run < 2 * parts; run += 1) {
      await keeping.run();
      expect(standing()).toBe(1);
    }
    await plus(-1);
    // Everything differed, and the month: each is compared every other time.
    expect(wrongs(await round(keeping, 2))).toEqual([]);
    expect(standing()).toBe(0);
  });

  it('names a grain that has no row of some months', async () => {
    const stretches = await repository.stretches(run.shop, 1);
    const [, second] = stretches;
    if (!second) throw new Error('There is one month only.');
    for (const [name, where] of [
      ['agg_kpi', sql`grain = 'month' AND dimension = 'all'`],
      ['agg_headline', sql`grain = 'month'`],
    ] as const) {
      const table = tableOf(run.shop, name);
      const gone = (is: number, plus: number): Promise<void> =>
        clickhouse.command(sql`INSERT INTO ${table} SELECT * REPLACE (${is} AS is_deleted, generation + ${plus} AS generation)
FROM ${table} WHERE ${where} AND bucket = toDateTime(${second.from}, 'UTC') ORDER BY generation DESC LIMIT 1`);
      await gone(1, 1);
      const wrong = (await repository.totals(run.shop, second)).filter(({ expected, actual }) => expected !== actual);
      await gone(0, 1);
      expect(wrong.map((each) => each.name)).toContain(name === 'agg_kpi' ? 'month gross' : 'headline month gross');
      expect((await repository.totals(run.shop, second)).filter(({ expected, actual }) => expected !== actual)).toEqual([]);
    }
  });

  it('names a lost row of the facts', async () => {
    const parts = (await repository.stretches(run.shop, ordersPerRun)).length;
    const table = (await figureTables(clickhouse, run.shop)).find((each) => each.name === 'fact_sales');
    if (!table) throw new Error('There are no facts.');
    await loseRow(clickhouse, tableOf(run.shop, 'fact_sales'), table, 30);
    expect(wrongs(await round(audit(), parts)).some((words) => /^slice gross \(/.test(words))).toBe(true);
  });
});
