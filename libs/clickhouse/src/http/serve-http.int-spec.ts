import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ident, openEmbedded, serveHttp, sql, type EmbeddedClickHouse, type HttpEndpoint } from '../index.js';

const secret = 'secret-of-the-store';
let directory: string;
let engine: EmbeddedClickHouse;
let endpoint: HttpEndpoint;

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly bytes: Buffer;
  readonly body: string;
}

interface Asked {
  readonly on?: 'readWrite' | 'readOnly';
  readonly method?: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

/** Plain HTTP, as curl would: what no client of ours would send must be met too. */
async function ask(
  body: string | Buffer,
  { on = 'readOnly', method = 'POST', query = {}, headers = {}, path = '/' }: Asked = {},
): Promise<Answer> {
  const auth = on === 'readWrite' ? { 'x-clickhouse-user': 'tideline', 'x-clickhouse-key': secret } : {};
  return new Promise((done, failed) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: endpoint[on]?.port,
        method,
        path: `${path}?${new URLSearchParams(query).toString()}`,
        headers: { ...auth, ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const code = response.headers['x-clickhouse-exception-code'];
          done({
            status: response.statusCode ?? 0,
            code: code?.toString(),
            headers: response.headers,
            bytes,
            body: bytes.toString('utf8'),
          });
        });
      },
    );
    sent.on('error', failed);
    sent.end(method === 'GET' ? undefined : body);
  });
}

beforeAll(async () => {
  directory = await mkdtemp(joinPath(tmpdir(), 'tideline-http-'));
  engine = await openEmbedded(joinPath(directory, 'store'));
  endpoint = await serveHttp(engine, {
    readWrite: { port: 0, secret },
    readOnly: { port: 0 },
    limits: { seconds: 1, resultBytes: 1_000_000, memoryBytes: 200_000_000 },
  });
  await engine.command(sql`CREATE DATABASE shop ENGINE = Atomic`);
  await engine.command(sql`CREATE TABLE shop.t (a UInt64, s String) ENGINE = MergeTree ORDER BY a`);
  await engine.command(sql`INSERT INTO shop.t VALUES (1, 'one'), (2, 'two')`);
});
afterAll(async () => {
  await endpoint.close();
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

describe('the protocol', () => {
  it('takes the query from the URL or the body, in the asked format, database and parameters', async () => {
    expect((await ask('', { method: 'GET', query: { query: 'SELECT count() FROM shop.t' } })).body).toBe('2\n');
    expect((await ask('SELECT a FROM t WHERE s = {s:String}', { query: { database: 'shop', param_s: 'two' } })).body).toBe('2\n');
    expect((await ask('SELECT 1 AS a', { query: { default_format: 'JSONEachRow' } })).body).toBe('{"a":1}\n');
    expect((await ask('SELECT 1 AS a FORMAT CSVWithNames', { query: { default_format: 'JSONEachRow' } })).body).toBe('"a"\n1\n');
    expect((await ask('', { path: '/ping', method: 'GET' })).body).toBe('Ok.\n');
    expect((await ask('', { path: '/elsewhere' })).status).toBe(404);
  });

  it('answers gzip to those who ask, and reads it', async () => {
    const zipped = await ask('SELECT 1', { query: { enable_http_compression: '1' }, headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.bytes).toString()).toBe('1\n');
    expect((await ask(gzipSync('SELECT 2'), { headers: { 'content-encoding': 'gzip' } })).body).toBe('2\n');
    expect(await ask('x', { headers: { 'content-encoding': 'zstd' } })).toMatchObject({ status: 501, code: '48' });
    expect(await ask('x', { query: { decompress: '1' } })).toMatchObject({ status: 501, code: '48' });
  });

  it('says errors as a server does: status, number, words', async () => {
    const unknown = await ask('SELECT * FROM shop.nothing');
    expect(unknown).toMatchObject({ status: 404, code: '60' });
    expect(unknown.body).toMatch(/^Code: 60\. DB::Exception: .*\(UNKNOWN_TABLE\)\n$/s);
    expect(await ask('SELECT FROM WHERE (')).toMatchObject({ status: 400, code: '62' });
    expect(await ask('')).toMatchObject({ status: 400, code: '62' });
    expect(await ask('SELECT 1', { query: { database: 'nowhere' } })).toMatchObject({ status: 404, code: '81' });
    expect(await ask('SELECT 1', { query: { 'param_a b': '1' } })).toMatchObject({ status: 400, code: '36' });
  });

  it('reads and writes by the client of the product, with a summary of what was written', async () => {
    const client = createClient({
      url: `http://x:${secret}@127.0.0.1:${endpoint.readWrite?.port}`,
      database: 'shop',
      compression: { request: true, response: true },
      log: { level: ClickHouseLogLevel.OFF },
    });
    await client.command({ query: 'CREATE TABLE c (n UInt32, d Decimal(38, 6)) ENGINE = MergeTree ORDER BY n' });
    const rows = Array.from({ length: 5_000 }, (_, n) => ({ n, d: '12345678901234567890.123456' }));
    const written = await client.insert({ table: 'c', values: rows, format: 'JSONEachRow' });
    expect(written.summary?.written_rows).toBe('5000');
    const answer = await client.query({
      query: 'SELECT count() AS rows, max(d) AS most FROM c WHERE n >= {from:UInt32}',
      query_params: { from: 1000 },
      format: 'JSONEachRow',
    });
    expect(await answer.json()).toEqual([{ rows: '4000', most: '12345678901234567890.123456' }]);
    expect((await client.ping({ select: true })).success).toBe(true);
    expect(await engine.query(sql`SELECT count() AS parts FROM system.parts WHERE database = 'shop' AND table = 'c' AND active`)).toEqual([
      { parts: '1' },
    ]);
    await client.close();
  });

  it('keeps neither settings nor session for the next request', async () => {
    const extremes = async (): Promise<string> => (await ask(`SELECT getSetting('extremes'), currentDatabase()`, { on: 'readWrite' })).body;
    expect((await ask(`SELECT getSetting('extremes')`, { on: 'readWrite', query: { extremes: '1' } })).body).toMatch(/^true\n/);
    await ask('SET extremes = 1', { on: 'readWrite' });
    await ask('USE shop', { on: 'readWrite' });
    expect(await extremes()).toBe('false\tdefault\n');
    expect(await ask('SELECT 1', { on: 'readWrite', query: { no_such_setting: '1' } })).toMatchObject({ status: 404, code: '115' });
  });

  it('runs several statements at a time, and all of many', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => ask(`SELECT ${n} + sleepEachRow(0.02) FROM numbers(1)`, { on: 'readWrite' })),
    );
    expect(answers.map(({ body }) => body)).toEqual(Array.from({ length: 60 }, (_, n) => `${n}\n`));
  });
});

describe('who may ask', () => {
  it('lets nobody write without the secret', async () => {
    for (const headers of [{ 'x-clickhouse-key': '' }, { 'x-clickhouse-key': 'wrong' }]) {
      expect(await ask('SELECT 1', { on: 'readWrite', headers })).toMatchObject({ status: 403, code: '516' });
    }
  });

  it('answers without a secret only under the names of this machine', async () => {
    expect(await ask('SELECT 1', { headers: { host: 'evil.example:8123' } })).toMatchObject({ status: 403, code: '516' });
    expect(await ask('SELECT 1', { headers: { host: 'localhost:8123' } })).toMatchObject({ status: 200 });
  });

  it('refuses to open to the network without a secret', async () => {
    await expect(serveHttp(engine, { readOnly: { port: 0, host: '0.0.0.0' } })).rejects.toMatchObject({ code: 'bind-refused' });
    const open = await serveHttp(engine, { readOnly: { port: 0, host: '0.0.0.0', secret } });
    await open.close();
  });
});

describe('a reader', () => {
  const outfile = (): string => joinPath(directory, 'out.csv');
  const secretFile = '/etc/hostname';

  it.each([
    ["INSERT INTO shop.t VALUES (3, 'three')", '164'],
    ['CREATE TABLE shop.u (a UInt8) ENGINE = Memory', '164'],
    ['CREATE TEMPORARY TABLE u (a UInt8)', '164'],
    ['DROP TABLE shop.t', '164'],
    ['TRUNCATE TABLE shop.t', '164'],
    ['ALTER TABLE shop.t DELETE WHERE 1', '164'],
    ['OPTIMIZE TABLE shop.t FINAL', '164'],
    ['SYSTEM SHUTDOWN', '164'],
    ['KILL QUERY WHERE 1', '164'],
    ['SET readonly = 0', '164'],
    ['SET readonly = DEFAULT', '164'],
    ['SET ROLE owner', '164'],
    ['SET ROLE DEFAULT', '164'],
    ['GRANT ALL ON *.* TO reader', '164'],
    ['EXECUTE AS default SELECT 1', '164'],
    ["SELECT 1; INSERT INTO shop.t VALUES (4, 'x')", '62'],
    ['SELECT 1 SETTINGS readonly = 0', '164'],
    ['SELECT 1 SETTINGS readonly = DEFAULT', '164'],
    ['SELECT 1 SETTINGS max_execution_time = DEFAULT', '164'],
    ['SELECT 1 SETTINGS max_execution_time = 100', '164'],
    ["SELECT * FROM file('/etc/hostname', 'LineAsString')", '164'],
    ["SELECT * FROM /* */ `file` ('/etc/hostname', 'LineAsString')", '164'],
    ["SELECT 'x' IN file('/etc/hostname', 'LineAsString')", '164'],
    ["SELECT file('/etc/hostname')", '164'],
    ["SELECT * APPLY(file) FROM (SELECT '/etc/hostname')", '164'],
    ["SELECT arrayMap(x -> FILE(x), ['/etc/hostname'])", '164'],
    ["SELECT arrayMap(file, ['/etc/hostname'])", '164'],
    ["SELECT arrayMap(`file`, ['/etc/hostname'])", '164'],
    ["SELECT aiGenerate('', 'x')", '164'],
    ["DESCRIBE TABLE file('/etc/hostname', 'LineAsString')", '164'],
    ["SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')", '164'],
    ["SELECT * FROM remote('127.0.0.1:9000', 'system', 'one')", '164'],
    ["SELECT * FROM executable('id', 'TSV', 'x String')", '164'],
    ["INSERT INTO FUNCTION file('/tmp/x.csv', 'CSV', 'a UInt8') SELECT 1", '164'],
    // The engine opens a table of this name as a file; the role has no right to.
    ['SELECT * FROM `/etc/hostname`', '497'],
    ['SELECT * FROM default.`/etc/hostname`', '497'],
    ['DESCRIBE TABLE `/etc/hostname`', '497'],
    ['SELECT * FROM system.users', '497'],
  ])('cannot: %s', async (statement, code) => {
    const answer = await ask(statement);
    expect(answer).toMatchObject({ code });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  it('cannot write a file', async () => {
    for (const spelled of [
      `SELECT 1 INTO OUTFILE '${outfile()}'`,
      `SELECT 1 into/**/outfile '${outfile()}' APPEND`,
      `SELECT 1 INTO OUTFILE '${outfile()}' AND STDOUT`,
    ]) {
      expect(await ask(spelled)).toMatchObject({ code: '164' });
    }
    expect(existsSync(outfile())).toBe(false);
  });

  it('cannot lift a limit with settings of the request, nor send rows', async () => {
    for (const query of [{ readonly: '0' }, { readonly: '2' }, { max_execution_time: '100' }, { allow_ddl: '1' }]) {
      expect(await ask('SELECT 1', { query })).toMatchObject({ code: '164' });
    }
    expect(await ask('[3,"three"]', { query: { query: 'INSERT INTO shop.t FORMAT JSONCompactEachRow' } })).toMatchObject({ code: '164' });
    expect(await ask('', { method: 'GET', on: 'readWrite', query: { query: 'DROP TABLE shop.t' } })).toMatchObject({ code: '164' });
  });

  it('stops at the limits of time, size and memory', async () => {
    expect(await ask('SELECT sleepEachRow(0.5) FROM numbers(10) SETTINGS max_block_size = 1')).toMatchObject({ code: '164' });
    expect(await ask('SELECT sleep(2)')).toMatchObject({ status: 408, code: '159' });
    expect(await ask('SELECT number, toString(number) FROM numbers(1000000)')).toMatchObject({ code: '396' });
    expect(await ask('SELECT length(groupArray(number)) FROM numbers(100000000)')).toMatchObject({ code: '241' });
    expect(await ask('x'.repeat(2_000_000))).toMatchObject({ status: 413, code: '307' });
  });

  it('reads: select, show, describe, explain, numbers', async () => {
    for (const statement of [
      'SELECT * FROM shop.t',
      'SHOW TABLES FROM shop',
      'DESCRIBE TABLE shop.t',
      'EXPLAIN SELECT 1',
      'SELECT * FROM numbers(3)',
      'SELECT name FROM system.columns LIMIT 1',
      'SHOW CREATE TABLE shop.t',
      '(WITH 1 AS x SELECT x) UNION ALL (SELECT 2)',
    ]) {
      expect(await ask(statement), statement).toMatchObject({ status: 200 });
    }
  });

  it('left the table as it was', async () => {
    expect(await engine.query(sql`SELECT count() AS n FROM ${ident('shop', 't')}`)).toEqual([{ n: '2' }]);
    expect(existsSync(secretFile)).toBe(true);
  });
});
