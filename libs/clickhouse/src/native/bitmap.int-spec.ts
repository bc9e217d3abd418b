import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbedded, type EmbeddedClickHouse } from '../embedded-engine.js';
import { serveHttp } from '../http/serve-http.js';
import { openServer } from '../server-engine.js';
import { ident, sql } from '../sql.js';
import { Bitmap } from './bitmap.js';
import { columnsOf } from './block.js';

let directory: string;
let engine: EmbeddedClickHouse;
const table = ident('default', 'sets');
const columns = columnsOf({ n: 'UInt32', numbers: 'AggregateFunction(groupBitmap, UInt32)' });

beforeAll(async () => {
  directory = await mkdtemp(joinPath(tmpdir(), 'tideline-bitmap-'));
  engine = await openEmbedded(directory);
  await engine.command(sql`CREATE TABLE ${table} (n UInt32, numbers AggregateFunction(groupBitmap, UInt32)) ENGINE = MergeTree ORDER BY n`);
});
afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

const spread = (count: number, step: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index * step);

/** Around every border of the forms: plain or roaring, listed or bits, one container or many. */
const sets: readonly (readonly number[])[] = [
  [],
  [7],
  [0, 4_294_967_295],
  spread(31, 3).reverse(),
  spread(32, 70_000),
  spread(33, 3),
  spread(33, 70_000).reverse(),
  spread(200, 1, 65_400),
  spread(4_096, 2),
  spread(4_097, 2),
  spread(5_000, 1, 60_000).reverse(),
  spread(65_536, 1),
  [...spread(5_000, 1), ...spread(40, 100_000, 1_000_000)],
  spread(300_000, 1, 1),
];

async function stored(): Promise<{ n: number; numbers: number[]; size: number }[]> {
  return engine.query(
    sql`SELECT n, arraySort(bitmapToArray(s.numbers)) AS numbers, toUInt32(bitmapCardinality(s.numbers)) AS size FROM ${table} AS s ORDER BY n`,
  );
}

const ascending = (numbers: Iterable<number>): number[] => [...new Set(numbers)].sort((a, b) => a - b);
const expected = sets.map((numbers, n) => ({ n, numbers: ascending(numbers), size: numbers.length }));

it('is what the engine reads, in every form, also over HTTP', async () => {
  const rows = sets.map((numbers, n) => [n, new Bitmap(numbers)]);
  await engine.insertRows(table, columns, rows);
  expect(await stored()).toEqual(expected);
  await engine.command(sql`TRUNCATE TABLE ${table}`);
  const endpoint = await serveHttp(engine, { readWrite: { port: 0, secret: 'known' } });
  const server = openServer(`http://tideline:known@127.0.0.1:${endpoint.readWrite?.port ?? 0}`);
  await server.insertRows(table, columns, rows).finally(() => server.close());
  await endpoint.close();
  expect(await stored()).toEqual(expected);
});

it('grows, counts a number once, and can be merged with what the engine made', async () => {
  await engine.command(sql`TRUNCATE TABLE ${table}`);
  const bitmap = new Bitmap([5, 5, 6]);
  for (const more of [spread(40, 2), spread(5_000, 1), spread(5_000, 1), [70_000]]) {
    bitmap.add(more);
    bitmap.add(more);
  }
  expect(bitmap.size).toBe(5_001);
  await engine.insertRows(table, columns, [[1, bitmap]]);
  await engine.command(sql`INSERT INTO ${table} SELECT 2, groupBitmapState(toUInt32(number + 4990)) FROM numbers(20)`);
  const [merged] = await engine.query(sql`SELECT groupBitmapMerge(numbers) AS size FROM ${table}`);
  expect(merged).toEqual({ size: 5_011 });
});

it('reads what the engine made, in every form, and goes on from there', async () => {
  const loose = ident('default', 'loose');
  await engine.command(sql`CREATE TABLE ${loose} (n UInt32, number UInt32) ENGINE = MergeTree ORDER BY n`);
  for (const [n, numbers] of sets.entries())
    await engine.insertRows(
      loose,
      columnsOf({ n: 'UInt32', number: 'UInt32' }),
      numbers.map((number) => [n, number]),
    );
  const rows = await engine.query<{ n: number; state: string }>(
    sql`SELECT n, hex(groupBitmapState(number)) AS state FROM ${loose} GROUP BY n ORDER BY n`,
  );
  const bitmaps = rows.map(({ n, state }) => [n, Bitmap.of(Buffer.from(state, 'hex'))] as const);
  expect(bitmaps.map(([n, { size }]) => [n, size])).toEqual(
    [...sets.entries()].filter(([, { length }]) => length > 0).map(([n, { length }]) => [n, length]),
  );
  for (const [, bitmap] of bitmaps) bitmap.add([3_000_000_000, 12]);
  await engine.command(sql`TRUNCATE TABLE ${table}`);
  await engine.insertRows(table, columns, bitmaps);
  const grown = (await stored()).map(({ n, numbers }) => [n, numbers]);
  expect(grown).toEqual(bitmaps.map(([n]) => [n, ascending([...(sets[n] ?? []), 12, 3_000_000_000])]));
});

it.each([
  ['nothing', ''],
  ['a list that is cut short', '0002000000'],
  ['another form', '01083930000000000000'],
  ['containers that are cut short', '01083a30000001000000'],
])('refuses %s', (_, hex) => {
  expect(() => Bitmap.of(Buffer.from(hex, 'hex'))).toThrow(RangeError);
});

it.each([-1, 0.5, 4_294_967_296, Number.NaN])('holds no %d', (number) => {
  expect(() => new Bitmap([number])).toThrow(new RangeError(`${number} is no whole number of 32 bits`));
});
