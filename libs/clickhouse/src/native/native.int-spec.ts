import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbedded, type EmbeddedClickHouse } from '../embedded-engine.js';
import { serveHttp } from '../http/serve-http.js';
import { openServer } from '../server-engine.js';
import { ident, join, sql } from '../sql.js';
import { columnsOf } from './block.js';
import type { ColumnType } from './column-types.js';

let directory: string;
let engine: EmbeddedClickHouse;
const table = ident('default', 'cells');

const types: Readonly<Record<string, ColumnType>> = {
  n: 'UInt32',
  b: 'UInt8',
  s: 'UInt16',
  l: 'UInt64',
  f: 'Float64',
  t: 'String',
  low: 'String',
  kind: 'String',
  day: 'Date',
  at: 'DateTime',
  i: 'DateTime64(3)',
  d: 'Decimal(18, 6)',
  wide: 'Decimal(38, 6)',
  o: 'Nullable(Bool)',
  od: 'Nullable(Decimal(18, 6))',
  oi: 'Nullable(DateTime64(3))',
  'lines.t': 'Array(String)',
  'lines.d': 'Array(Nullable(Decimal(18, 6)))',
  m: 'Map(String, UInt64)',
};

beforeAll(async () => {
  directory = await mkdtemp(joinPath(tmpdir(), 'tideline-native-'));
  engine = await openEmbedded(directory);
  await engine.command(sql`CREATE TABLE ${table} (n UInt32, b UInt8, s UInt16, l UInt64, f Float64, t String, low LowCardinality(String),
    kind Enum8('sale' = 1, 'return' = 2), day Date, at DateTime('UTC'), i DateTime64(3, 'UTC'), d Decimal(18, 6), wide Decimal(38, 6), o Nullable(Bool),
    od Nullable(Decimal(18, 6)), oi Nullable(DateTime64(3, 'UTC')), lines Nested(t String, d Nullable(Decimal(18, 6))), m Map(String, UInt64))
    ENGINE = MergeTree ORDER BY n`);
});
afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

const texts = [
  ...['', 'plain', 'tab\tline\nreturn\r', 'back\\slash \\N \\t', `quote ' and "`, 'nul\0', 'ümläut 漢字 🛒', '{"a":"b\\"c"}', 'NULL', '[]'],
  ...[
    'x'.repeat(48),
    'x'.repeat(49),
    'y'.repeat(127),
    'y'.repeat(128),
    'é'.repeat(24),
    'é'.repeat(64),
    'z'.repeat(17_000),
    'half a pair \ud83d',
  ],
];
const amounts = ['0', '0.000001', '12.5', '999999999999.999999', '9007199254.740993', '9007199254.740991', '1234567.89'];

/** Every kind of value in every column, so many rows that they go as one block. */
function rowsOf(count: number): unknown[][] {
  return Array.from({ length: count }, (_, n) => {
    const [text, amount] = [texts[n % texts.length] ?? '', amounts[n % amounts.length] ?? ''];
    const list = texts.slice(0, n % texts.length);
    return [
      ...[
        n,
        n % 256,
        65_535 - n,
        n % 2 === 0 ? '18446744073709551615' : String(n),
        n / 7,
        text,
        text.slice(0, 9),
        n % 2 === 0 ? 'sale' : 'return',
      ],
      ...[['1970-01-01', '2024-02-29', '2099-12-31'][n % 3], `2024-03-01 00:00:${String(n % 60).padStart(2, '0')}`],
      ...[['1971-01-01 00:00:00.000', '2024-02-29 23:59:59.999', '2099-12-31 12:34:56.789'][n % 3], amount],
      ...[n % 5 === 0 ? `-${amounts[1 + (n % 6)] ?? ''}` : '99999999999999999999.123456'],
      ...[[null, true, false][n % 3], [null, amount, undefined, amount][n % 4], n % 2 === 0 ? '2011-12-09 12:50:00.000' : null],
      ...[
        list,
        list.map((_text, index) => (index % 2 === 0 ? null : amount)),
        Object.fromEntries(list.map((each, index) => [each, String(index)])),
      ],
    ];
  });
}

/** As they are written: a bucket's start is counted in seconds. */
function written(rows: readonly unknown[][]): unknown[][] {
  const at = Object.keys(types).indexOf('at');
  return rows.map((row) => row.map((cell, place) => (place === at ? Date.parse(`${String(cell).replace(' ', 'T')}Z`) / 1000 : cell)));
}

/** What the engine says of them: nothing is NULL, half a pair is U+FFFD. */
function kept(rows: readonly unknown[][]): unknown[][] {
  return rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell.toWellFormed() : (cell ?? null))));
}

async function stored(): Promise<{ rows: unknown[][]; parts: string | undefined }> {
  const names = join(Object.keys(types).map((name) => ident(name)));
  const rows = await engine.query<Record<string, unknown>>(sql`SELECT ${names} FROM ${table} ORDER BY n`);
  const [parts] = await engine.query<{ parts: string }>(sql`SELECT uniqExact(_part) AS parts FROM ${table}`);
  return { rows: rows.map((row) => Object.values(row)), parts: parts?.parts };
}

it.each([3, 199, 200, 1_000])('brings every value into the engine as it is, as one part: %i rows', async (count) => {
  await engine.command(sql`TRUNCATE TABLE ${table}`);
  const rows = rowsOf(count);
  await engine.insertRows(table, columnsOf(types), written(rows));
  expect(await stored()).toEqual({ rows: kept(rows), parts: '1' });
  expect(await readdir(joinPath(directory, 'spool'))).toEqual([]);
});

it('writes by the names of the columns, also over HTTP', async () => {
  await engine.command(sql`TRUNCATE TABLE ${table}`);
  const rows = rowsOf(1_000);
  const endpoint = await serveHttp(engine, { readWrite: { port: 0, secret: 'known' } });
  const server = openServer(`http://tideline:known@127.0.0.1:${endpoint.readWrite?.port ?? 0}`);
  try {
    const backwards = Object.fromEntries(Object.entries(columnsOf(types)).reverse());
    await server.insertRows(table, backwards, written(rows));
    expect(await stored()).toEqual({ rows: kept(rows), parts: '1' });
    await server.insertRows(table, columnsOf(types), []);
    expect((await stored()).rows.length).toBe(1_000);
  } finally {
    await server.close();
    await endpoint.close();
  }
});

it('leaves no file behind when the statement fails', async () => {
  await expect(engine.insertRows(ident('default', 'nowhere'), columnsOf(types), written(rowsOf(200)))).rejects.toThrow('nowhere');
  expect(await readdir(joinPath(directory, 'spool'))).toEqual([]);
});

it.each([
  ['n', -1, 'Column n, UInt32: -1 is no whole number up to 4294967295.'],
  ['d', '1.2345678', 'Column d, Decimal(18, 6): "1.2345678" is no decimal of at most six fraction digits.'],
  ['d', '1000000000000', 'Column d, Decimal(18, 6): 1000000000000 has more than 18 digits.'],
  ['f', Number.NaN, 'Column f, Float64: NaN is no finite number.'],
  ['day', '2150-01-01', 'Column day, Date: "2150-01-01" is no day such as 2011-12-09, from 1970 to 2149.'],
  ['i', '2024-01-01', 'Column i, DateTime64(3): "2024-01-01" is no instant such as 2011-12-09 12:50:00.000.'],
])('refuses what is not of its column’s type: %s', async (column, value, words) => {
  const rows = written(rowsOf(200)).map((row) => Object.keys(types).map((name, place) => (name === column ? value : row[place])));
  await expect(engine.insertRows(table, columnsOf(types), rows)).rejects.toThrow(words);
});
