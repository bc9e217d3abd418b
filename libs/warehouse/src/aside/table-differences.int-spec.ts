import { ident, join as joinSql, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { cellChange, seededShop, ShopRun } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ledgerTopics } from '../ledger/ledger-tables.js';
import { tableOf, type Shop } from '../shop.js';
import { figureTables, ledgerTable, viewTables, type ComparedTable } from './figure-tables.js';
import { compareTables } from './table-differences.js';

const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);

let directory: string;
let clickhouse: ClickHouse;
let shop: Shop;
let tables: ComparedTable[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-differences-'));
  clickhouse = await openEmbedded(directory);
  const scenario = seededShop(11, { orders: 60 });
  const run = await ShopRun.open(clickhouse, 'differences', scenario.shop);
  shop = run.shop;
  await run.arrive(scenario.messages, 1_000);
  await run.refresher.refreshViews();
  const ledgers = await Promise.all(ledgerTopics.map((topic) => ledgerTable(clickhouse, shop, topic)));
  tables = [...ledgers, ...(await figureTables(clickhouse, shop)), ...(await viewTables(clickhouse, shop))];
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

describe('two tables that should say the same', () => {
  it('are every table of a shop but those that steer its refresh, and decisions on scores, alerts, deliveries and demand', async () => {
    const all = await clickhouse.query<{ name: string }>(
      sql`SELECT name FROM system.tables WHERE database = ${shop.database} AND engine NOT IN ('View', 'Memory', 'Merge') AND NOT startsWith(name, '.inner')`,
    );
    const compared = tables.map(({ name }) => name);
    expect(all.map(({ name }) => name).filter((name) => !compared.includes(name))).toEqual([
      'alert_log',
      'alert_rules',
      'churn_marks',
      'churn_scores',
      'claims',
      'delivery_channels',
      'delivery_log',
      'demand_forecasts',
      'live_checkpoints',
      'migrations',
      'model_watch',
      'watermark',
      'write_phases',
    ]);
    for (const table of tables) expect(table.key.length, table.name).toBeGreaterThan(0);
  });

  it('differ in each cell that was changed and in no other, whichever column of whichever table it is', async () => {
    let columns = 0;
    for (const table of tables) {
      const standing = tableOf(shop, table.name);
      const equal = await compareTables(clickhouse, table, { table: standing }, { table: standing });
      expect(equal, table.name).toMatchObject({ differences: [] });
      expect(equal.rows, table.name).toBeGreaterThan(0);
      // Both sides as what a reader sees of them: a change need not be written to be compared.
      const seen = { ...table, replacing: false };
      const rows = sql`(SELECT * FROM ${standing} ${table.replacing ? sql`FINAL` : sql``})`;
      // A cell of another column in each of the first rows.
      const atOnce = Math.min(8, equal.rows);
      for (let from = 0; from < table.values.length; from += atOnce) {
        const cells = await Promise.all(
          table.values.slice(from, from + atOnce).map(async (column, at) => ({
            type: column.type,
            ...(await cellChange(clickhouse, standing, table, column, at)),
          })),
        );
        const changes = cells.map(({ where, value, column, type }) => {
          const name = ident(column);
          return sql`CAST(if(${where}, ${value}, ${name}), ${type}) AS ${name}`;
        });
        const changed = sql`(SELECT * REPLACE (${joinSql(changes)}) FROM ${rows})`;
        const { differences, more } = await compareTables(clickhouse, seen, { table: rows }, { table: changed });
        const found = differences.map(({ key, column }) => ({ key, column }));
        const wanted = cells.map(({ key, column }) => ({ key, column }));
        expect(found.sort(byKey), table.name).toEqual(wanted.sort(byKey));
        for (const { column, expected, actual } of differences) expect(actual, `${table.name}.${column}`).not.toBe(expected);
        expect(more, table.name).toBe(false);
        columns += cells.length;
      }
    }
    // A column that is left out would pass unseen.
    expect(columns).toBeGreaterThan(150);
  });

  it('differ in a row that is missing, one too many, and one that stands twice', async () => {
    for (const table of tables) {
      const standing = { table: tableOf(shop, table.name) };
      const nothing = { table: standing.table, where: sql`0` };
      const without = await compareTables(clickhouse, table, standing, nothing);
      expect(without.differences.length, table.name).toBeGreaterThan(0);
      for (const each of without.differences) expect(each).toMatchObject({ column: '(row)', actual: null });
      const orphans = await compareTables(clickhouse, table, nothing, standing);
      expect(orphans.differences.length, table.name).toBe(without.differences.length);
      for (const each of orphans.differences) expect(each).toMatchObject({ column: '(row)', expected: null });
      if (table.replacing) continue;
      const key = ident(table.key[0]?.name ?? '');
      const first = sql`(SELECT * FROM ${standing.table} ORDER BY ${key} LIMIT 1)`;
      const twice = { table: sql`(SELECT * FROM ${standing.table} UNION ALL SELECT * FROM ${first})` };
      const compared = await compareTables(clickhouse, table, standing, twice);
      expect(compared, table.name).toMatchObject({ differences: [{ column: '(row)', expected: '1 of it', actual: '2 of it' }] });
    }
  });
});
