import { openEmbedded, serveHttp, sql, type EmbeddedClickHouse, type HttpEndpoint } from '#clickhouse';
import { pythonWithClickHouseConnect, runPython } from '#testing';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

// A client that is not ours, in its own language: a notebook on the read-only listener.

let directory: string;
let engine: EmbeddedClickHouse;
let endpoint: HttpEndpoint;
let answer: Record<string, unknown> & { refused: Record<string, string> };
const outfile = (): string => join(directory, 'out.csv');

beforeAll(async () => {
  const python = await pythonWithClickHouseConnect();
  directory = await mkdtemp(join(tmpdir(), 'tideline-python-'));
  engine = await openEmbedded(join(directory, 'store'));
  await engine.command(sql`CREATE DATABASE shop ENGINE = Atomic`);
  await engine.command(
    sql`CREATE TABLE shop.sales (line UInt64, quantity UInt32, amount Decimal(38, 6), at Nullable(DateTime64(3, 'UTC')), note LowCardinality(String)) ENGINE = MergeTree ORDER BY line`,
  );
  await engine.command(
    sql`INSERT INTO shop.sales VALUES (18446744073709551615, 3, '12345678901234567890.123456', '2011-12-09 12:50:00.123', 'ä'), (1, 1, '0.1', NULL, '')`,
  );
  endpoint = await serveHttp(engine, { readOnly: { port: 0 } });
  answer = JSON.parse(
    await runPython(python, 'test/integration/read_store.py', [String(endpoint.readOnly?.port), outfile()]),
  ) as typeof answer;
});
afterAll(async () => {
  await endpoint.close();
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

it('reads every kind of value whole, by query, parameter, command, raw bytes and stream', () => {
  expect(answer).toMatchObject({
    columns: ['line', 'quantity', 'amount', 'at', 'note'],
    rows: [
      ['1', '1', '0.100000', 'None', ''],
      ['18446744073709551615', '3', '12345678901234567890.123456', expect.stringMatching(/^2011-12-09 12:50:00\.123000/) as string, 'ä'],
    ],
    types: ['int', 'int', 'Decimal', 'NoneType', 'str'],
    bound: 1,
    big: 200_000,
    command: 4,
    raw: '"a"\n1\n',
    streamed: 100_000,
  });
});

it('is refused whatever is not reading', async () => {
  const { insert, 'insert, compressed': compressed, 'setting of the request': setting, ...others } = answer.refused;
  for (const [what, words] of Object.entries(others)) expect(words, what).toMatch(/Code: 164\. .*readonly mode/i);
  expect(Object.keys(others)).toHaveLength(12);
  // Rows in the client's binary format come behind the statement in one body: refused as they come.
  // The client itself knows that a reader cannot set it, by `system.settings`.
  expect(setting).toBe('Setting readonly is readonly');
  expect(insert).toMatch(/Code: 62\. .*NUL/);
  expect(compressed).toMatch(/Code: 48\. .*lz4/);
  expect(existsSync(outfile())).toBe(false);
  expect(await engine.query(sql`SELECT count() AS n FROM shop.sales`)).toEqual([{ n: '2' }]);
});
