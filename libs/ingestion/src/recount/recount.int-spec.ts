import { ident, onLane, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { corruptCell, loseRow, plantOrphan, seededShop, ShopRun } from '#testing';
import { figureTables, LedgerRepository, ledgerTable, ledgerTopics, tableOf, viewTables, type ComparedTable } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditCheck } from '../audit/audit.js';
import { epochRow, ledgerRows } from '../ledger/ledger-rows.js';
import { fullAudit } from './full-audit.js';
import { rebuild } from './rebuild.js';
import type { RecountOf } from './recount-of.js';

// Cells, rows and keys are changed behind the product's back: the audit of every row has to name them, the rebuild to mend them.

let directory: string;
let clickhouse: ClickHouse;
let run: ShopRun;
let tables: ComparedTable[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-recount-'));
  clickhouse = await openEmbedded(directory);
  const scenario = seededShop(17, { orders: 80 });
  run = await ShopRun.open(clickhouse, 'recount', scenario.shop, 60);
  await run.arrive(scenario.messages, 100);
  await run.refresher.refreshViews();
  // The calendar follows from nothing, and every derived table has its own cells to change.
  tables = (await figureTables(clickhouse, run.shop)).filter(({ name }) => name !== 'dim_customer_keys' && name !== 'dim_geography');
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

function of(): RecountOf {
  const background = onLane(clickhouse, 'background');
  return {
    shop: run.shop,
    clickhouse: background,
    ledger: new LedgerRepository(background),
    refresher: run.refresher,
    atRest: (work) => work(),
    bounds: () => Promise.resolve(undefined),
    signal: new AbortController().signal,
  };
}

async function wrong(): Promise<AuditCheck[]> {
  const { ok, checks } = await fullAudit(of(), () => undefined);
  const found = checks.filter((check) => !check.ok);
  expect(ok).toBe(found.length === 0);
  return found;
}

async function mended(...named: string[]): Promise<string[]> {
  const rebuilt = await rebuild(of(), named, () => undefined);
  await run.refresher.refreshViews();
  return rebuilt;
}

const standing = (table: string) => tableOf(run.shop, table);

/** An audit names customers by their ids, where they are known. */
function withoutCustomers(text: string): string {
  return text.replace(/customer(_key=\d+| [^,\]]+)/g, 'customer');
}

/** Nothing is wrong by the audit, and nothing by the oracle. */
async function exact(): Promise<void> {
  expect(await wrong()).toEqual([]);
  expect(await run.differences()).toEqual([]);
}

describe('an audit of every row', () => {
  it('compares every table of a healthy shop, and leaves nothing behind', async () => {
    const { ok, checks } = await fullAudit(of(), () => undefined);
    expect(checks.filter((check) => !check.ok || !check.compared).map(({ check }) => check)).toEqual(['broker']);
    expect(ok).toBe(true);
    const ledgers = await Promise.all(ledgerTopics.map((topic) => ledgerTable(clickhouse, run.shop, topic)));
    const all = [...ledgers, ...(await figureTables(clickhouse, run.shop)), ...(await viewTables(clickhouse, run.shop))];
    expect(checks.map(({ check }) => check)).toEqual(['offsets', 'broker', 'watermark', ...all.map(({ name }) => name)]);
    const databases = await clickhouse.query<{ name: string }>(sql`SELECT name FROM system.databases WHERE name LIKE '%aside%'`);
    expect(databases).toEqual([]);
  });

  it('names the key of a cell that was changed in any table of figures; a rebuild mends them all', async () => {
    const cells = [];
    for (const [index, table] of tables.entries()) {
      const column = table.values[index % table.values.length];
      if (column) cells.push(await corruptCell(clickhouse, standing(table.name), table, column, 2));
    }
    const found = await wrong();
    expect(found.map(({ check }) => check)).toEqual(expect.arrayContaining(cells.map(({ table }) => table)));
    expect(found.length).toBeGreaterThanOrEqual(tables.length);
    for (const { table, key, column } of cells) {
      const detail = found.find(({ check }) => check === table)?.detail ?? '';
      expect(detail, table).toContain(`] ${column}: expected `);
      expect(withoutCustomers(detail), table).toContain(withoutCustomers(key));
    }
    await mended();
    await exact();
  });

  it('names rows that no event accounts for, and rows that are lost; a rebuild mends them', async () => {
    const figures = await figureTables(clickhouse, run.shop);
    const keys = new Map<string, string>();
    for (const table of figures.filter(({ name }) => name !== 'dim_date'))
      keys.set(table.name, await plantOrphan(clickhouse, standing(table.name), table));
    const orphans = await wrong();
    for (const [table, key] of keys) {
      const detail = orphans.find(({ check }) => check === table)?.detail;
      expect(detail, table).toMatch(/\(row\): expected nothing, is /);
      expect(withoutCustomers(detail ?? ''), table).toContain(withoutCustomers(key));
    }
    await mended();
    expect(await wrong()).toEqual([]);

    const lost = new Map<string, string>();
    for (const table of tables) lost.set(table.name, await loseRow(clickhouse, standing(table.name), table, 1));
    const missing = await wrong();
    for (const [table] of lost)
      expect(missing.find(({ check }) => check === table)?.detail, table).toMatch(/\(row\): expected .*, is nothing/);
    await mended();
    await exact();
  });

  it('names a customer whose key was changed, lost, or is that of another, and nothing that was right', async () => {
    const [table] = await figureTables(clickhouse, run.shop);
    const keys = standing('dim_customer_keys');
    if (!table) throw new Error('There are no keys.');
    const change = async (customer: string, key: number) =>
      clickhouse.command(sql`ALTER TABLE ${keys} UPDATE customer_key = ${key} WHERE customer_id = ${customer} SETTINGS mutations_sync = 2`);
    const [other] = await clickhouse.query<{ customer_key: number }>(sql`SELECT customer_key FROM ${keys} WHERE customer_id = '4'`);
    // A number that nobody has, that of somebody else, and none: the figures rest on them, and go on with what they were made with.
    await change('3', 900);
    await change('5', other?.customer_key ?? 0);
    await loseRow(clickhouse, keys, table, 2);
    await clickhouse.command(sql`INSERT INTO ${keys} SELECT * FROM ${keys} ORDER BY customer_id LIMIT 1`);
    const found = await wrong();
    expect(found.map(({ check }) => check)).toEqual(['dim_customer_keys']);
    expect(found[0]?.detail).toMatch(/^\[customer_id=1\] \(row\): expected 1 of it, is 2 of it \(4 keys of \d+ rows differ\)$/);
    await mended();
    await exact();
  });

  it('names a ledger row that does not follow from its message', async () => {
    const keep = (table: ComparedTable) => ident(run.shop.database, `keep_${table.name}`);
    const ledgers = await Promise.all(ledgerTopics.map((topic) => ledgerTable(clickhouse, run.shop, topic)));
    const wanted = [];
    for (const table of ledgers) {
      await clickhouse.command(sql`CREATE TABLE ${keep(table)} CLONE AS ${standing(table.name)}`);
      // Of what no figure is made: what is wrong is seen in the ledger alone.
      const column = table.values.find(({ name }) => name === 'event_id');
      if (!column) throw new Error('There is no event_id.');
      const { key } = await corruptCell(clickhouse, standing(table.name), table, column, 1);
      const detail = expect.stringContaining(`[${key}] event_id: expected `) as string;
      wanted.push({ check: table.name, ok: false, compared: true, detail });
    }
    expect(await wrong()).toEqual(wanted);
    for (const table of ledgers) {
      await clickhouse.command(sql`EXCHANGE TABLES ${keep(table)} AND ${standing(table.name)}`);
      await clickhouse.command(sql`DROP TABLE ${keep(table)} SYNC`);
    }
  });

  it('sees a watermark that is ahead of the ledger, and a view that holds what it should not', async () => {
    const watermark = run.refresher.watermark;
    const first = watermark?.positions[0];
    if (!watermark || !first) throw new Error('There is no watermark.');
    await clickhouse.command(
      sql`INSERT INTO ${standing('mv_cohort_retention')} SELECT * REPLACE (age + 500 AS age) FROM ${standing('mv_cohort_retention')} LIMIT 1`,
    );
    const ahead = { ...watermark, positions: [{ ...first, next: first.next + 5n }, ...watermark.positions.slice(1)] };
    const refresher = Object.create(run.refresher, { watermark: { value: ahead } }) as typeof run.refresher;
    const { checks } = await fullAudit({ ...of(), refresher }, () => undefined);
    expect(checks.filter(({ ok }) => !ok).map(({ check }) => check)).toEqual(['watermark', 'mv_cohort_retention']);
    await run.refresher.refreshViews();
  });
});

describe('a rebuild', () => {
  it('of one table leaves the others as they are', async () => {
    const [kpi, customers] = ['agg_kpi', 'agg_customer'].map((name) => tables.find((table) => table.name === name));
    if (!kpi || !customers) throw new Error('There are no such tables.');
    for (const table of [kpi, customers]) await corruptCell(clickhouse, standing(table.name), table, { name: 'gross', type: 'Decimal' }, 3);
    expect(await mended('agg_kpi')).toEqual(['agg_kpi']);
    // The views are made of it.
    expect((await wrong()).map(({ check }) => check)).toEqual(['agg_customer', 'mv_rfm_scores', 'mv_segment_flow']);
    await mended('agg_customer');
    expect(await wrong()).toEqual([]);
  });

  it('refuses a table that is none, and some tables where the keys of customers are wrong', async () => {
    await expect(mended('agg_nothing')).rejects.toThrow(/agg_nothing is no table of figures. There are: dim_customer_keys, /);
    const keys = standing('dim_customer_keys');
    await clickhouse.command(sql`ALTER TABLE ${keys} DELETE WHERE customer_id = '1' SETTINGS mutations_sync = 2`);
    await clickhouse.command(sql`ALTER TABLE ${standing('dim_customers')} DELETE WHERE customer_id = '1' SETTINGS mutations_sync = 2`);
    await expect(mended('agg_kpi')).rejects.toThrow(/Rebuild all: name no table/);
    expect((await mended()).length).toBeGreaterThan(10);
    await exact();
  });

  it('can be followed by more events: what it put in place is gone on from', async () => {
    const more = seededShop(18, { orders: 60 });
    await run.arrive(more.messages, 50);
    await exact();
  });
});

// Last: what it puts into the ledger the oracle does not know.
it('an audit of every row takes the beginning of an epoch for what it is: no message', async () => {
  await new LedgerRepository(clickhouse).append(run.shop, 'returns.v1', [epochRow('returns.v1', 3, 2, new Date())]);
  const placed = [{ offset: 0n, value: Buffer.from('no message of ours'), timestamp: new Date() }];
  await new LedgerRepository(clickhouse).append(run.shop, 'returns.v1', ledgerRows(run.shop, 'returns.v1', 3, 2, 0n, placed, new Date()));
  await run.refresher.catchUp();
  await run.refresher.refreshViews();
  expect(await wrong()).toEqual([]);
});
