import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ident, migrate, pendingMigrations, openEmbedded, openServer, serveHttp, sql, type ClickHouse, type Migration } from './index.js';

interface Opened {
  readonly clickhouse: ClickHouse;
  close(): Promise<void>;
}

const secret = 'contract-of-the-seam';
const paths: Readonly<Record<string, (directory: string) => Promise<Opened>>> = {
  'the embedded engine': async (directory) => {
    const clickhouse = await openEmbedded(directory);
    return { clickhouse, close: () => clickhouse.close() };
  },
  'the server engine, over HTTP to the store': async (directory) => {
    const engine = await openEmbedded(directory);
    const endpoint = await serveHttp(engine, { readWrite: { port: 0, secret } });
    const clickhouse = openServer(`http://tideline:${secret}@127.0.0.1:${endpoint.readWrite?.port ?? 0}`);
    return {
      clickhouse,
      close: async () => {
        await clickhouse.close();
        await endpoint.close();
        await engine.close();
      },
    };
  },
};

// One suite for both: callers never know which engine they have.
describe.each(Object.entries(paths))('%s', (_, open) => {
  let directory: string;
  let clickhouse: ClickHouse;
  let opened: Opened;

  beforeAll(async () => {
    directory = await mkdtemp(joinPath(tmpdir(), 'tideline-store-'));
    opened = await open(directory);
    clickhouse = opened.clickhouse;
    await clickhouse.command(sql`CREATE DATABASE probe ENGINE = Atomic`);
  });
  afterAll(async () => {
    await opened.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('tells of writes to a table, or that others may write it', async () => {
    const [written, left] = [ident('probe', 'written'), ident('probe', 'left')];
    for (const each of [written, left]) await clickhouse.command(sql`CREATE TABLE ${each} (n UInt32) ENGINE = MergeTree ORDER BY n`);
    const numbers = async (work: () => Promise<unknown>): Promise<(number | undefined)[]> => {
      const before = [written, left].map((each) => clickhouse.writesTo(each));
      await work().catch(() => undefined);
      return [written, left].map((each, index) => {
        const [now, was] = [clickhouse.writesTo(each), before[index]];
        return now === undefined || was === undefined ? undefined : now - was;
      });
    };
    const expected = clickhouse.shared ? [undefined, undefined] : [1, 0];
    expect(await numbers(() => clickhouse.insert(written, ['n'], '[1]'))).toEqual(expected);
    expect(await numbers(() => clickhouse.unit().command(sql`INSERT INTO ${written} SELECT 2`))).toEqual(expected);
    // One that fails may have been carried out.
    expect(await numbers(() => clickhouse.insert(written, ['m'], '[1]'))).toEqual(expected);
    expect(await numbers(() => clickhouse.query(sql`SELECT n FROM ${written}`))).toEqual(clickhouse.shared ? expected : [0, 0]);
  });

  it('brings 64-bit integers and decimals back whole', async () => {
    const rows = await clickhouse.query<Record<string, string>>(
      sql`SELECT toUInt64(18446744073709551615) AS u, toDecimal128('10655622.484', 6) AS d, ${new Date('2011-12-09T12:50:00.123Z')} AS t`,
    );
    expect(rows).toEqual([{ u: '18446744073709551615', d: '10655622.484', t: '2011-12-09 12:50:00.123' }]);
  });

  it('brings rows as bytes, many of them too, and says what was refused', async () => {
    expect(
      Buffer.from(await clickhouse.queryBinary(sql`SELECT 'abc' AS s, toFloat32(1.5) AS f, toFloat32(nan) AS n`)).toString('hex'),
    ).toBe('036162630000c03f0000c07f');
    const many = await clickhouse.queryBinary(sql`SELECT toFloat64(number) FROM numbers(300000) ORDER BY number`);
    expect(many).toHaveLength(2_400_000);
    expect(new DataView(many.buffer, many.byteOffset).getFloat64(8 * 299_999, true)).toBe(299_999);
    await expect(clickhouse.queryBinary(sql`SELECT * FROM probe.nothing`)).rejects.toMatchObject({ code: 'statement-refused' });
  });

  it('escapes every literal', async () => {
    const nasty = `it's a \\ "quote" \n --; DROP TABLE x`;
    expect(await clickhouse.query(sql`SELECT ${nasty} AS v`)).toEqual([{ v: nasty }]);
  });

  it('writes an insert as one part, however many rows', async () => {
    const table = ident('probe', 'one_part');
    await clickhouse.command(sql`CREATE TABLE ${table} (n UInt64, s String) ENGINE = MergeTree ORDER BY n`);
    await clickhouse.command(sql`SYSTEM STOP MERGES ${table}`);
    const rows = Array.from({ length: 150_000 }, (_, n) => JSON.stringify([n, 'x'.repeat(40)])).join('\n');
    await clickhouse.insert(table, ['n', 's'], rows);
    await clickhouse.command(sql`INSERT INTO ${table} SELECT number, 'y' FROM numbers(3000000)`);
    const parts = await clickhouse.query(
      sql`SELECT rows FROM system.parts WHERE database = 'probe' AND table = 'one_part' AND active ORDER BY name`,
    );
    expect(parts).toEqual([{ rows: '150000' }, { rows: '3000000' }]);
  });

  it('says what was refused, and whether trying again helps', async () => {
    await expect(clickhouse.query(sql`SELECT nothing FROM nowhere`)).rejects.toMatchObject({
      code: 'statement-refused',
      retryable: false,
      engineCode: 60,
    });
    await expect(clickhouse.query(sql`SELECT toUInt64(${'x'})`)).rejects.toMatchObject({ code: 'statement-refused', engineCode: 6 });
    await expect(clickhouse.query(sql`SELECT sleep(2) SETTINGS max_execution_time = 1`)).rejects.toMatchObject({
      code: 'engine-busy',
      retryable: true,
      engineCode: 159,
    });
    await expect(clickhouse.insert(ident('probe', 'nowhere'), ['n'], '[1]\n')).rejects.toMatchObject({ engineCode: 60 });
  });

  it('has nothing of a statement that failed half-way in the next answer', async () => {
    const failing = sql`SELECT number, throwIf(number = 150000) FROM numbers(200000) SETTINGS max_block_size = 1000`;
    // On every connection that a reader may get.
    for (let time = 0; time < 6; time += 1) {
      await expect(time % 2 === 0 ? clickhouse.query(failing) : clickhouse.queryBinary(failing)).rejects.toMatchObject({ engineCode: 395 });
      expect(await clickhouse.query(sql`SELECT 7 AS n`)).toEqual([{ n: 7 }]);
      expect([...(await clickhouse.queryBinary(sql`SELECT toUInt8(7)`))]).toEqual([7]);
    }
  });

  it('takes an insert whole or not at all', async () => {
    const table = ident('probe', 'whole');
    await clickhouse.command(sql`CREATE TABLE ${table} (n UInt8, \`names.of\` Array(String)) ENGINE = MergeTree ORDER BY n`);
    await clickhouse.insert(table, ['n', 'names.of'], `[1,["ä","it's"]]\n`);
    await expect(clickhouse.insert(table, ['n', 'names.of'], '[2,[]]\n["three",[]]\n')).rejects.toMatchObject({
      code: 'statement-refused',
    });
    await clickhouse.insert(table, ['n', 'names.of'], '');
    expect(await clickhouse.query(sql`SELECT * FROM ${table}`)).toEqual([{ n: 1, 'names.of': ['ä', "it's"] }]);
  });

  it('answers readers while a long statement of the refresher runs', async () => {
    const long = clickhouse.command(sql`SELECT sleep(1.5)`, 'refresher');
    let over = false;
    void long.then(() => (over = true));
    const rows = await Promise.all(Array.from({ length: 6 }, (_, n) => clickhouse.query(sql`SELECT ${n} AS n`)));
    expect(rows.flat()).toEqual([0, 1, 2, 3, 4, 5].map((n) => ({ n })));
    expect(over).toBe(false);
    await long;
  });

  it('gives a statement the first connection of its lane that is free', async () => {
    const ended: string[] = [];
    const ask = (name: string, seconds: number): Promise<unknown> =>
      clickhouse.query(sql`SELECT sleep(${seconds})`, 'refresher').then(() => ended.push(name));
    await Promise.all([ask('long', 2), ask('short', 0.3), ask('behind them', 0)]);
    expect(ended.at(-1)).toBe('long');
  });

  it('makes a view while those of others take long', async () => {
    const view = (name: string, select: ReturnType<typeof sql>): Promise<void> =>
      clickhouse.command(
        sql`CREATE MATERIALIZED VIEW ${ident('probe', name)} REFRESH EVERY 100 YEAR (n UInt8) ENGINE = MergeTree ORDER BY n EMPTY AS ${select}`,
      );
    const made = async (name: string): Promise<void> => {
      await clickhouse.command(sql`SYSTEM REFRESH VIEW ${ident('probe', name)}`, 'views');
      await clickhouse.command(sql`SYSTEM WAIT VIEW ${ident('probe', name)}`, 'views');
    };
    for (const name of ['long_a', 'long_b']) await view(name, sql`SELECT sleepEachRow(1) AS n FROM numbers(2)`);
    await view('short', sql`SELECT 1 AS n`);
    const ended: string[] = [];
    await Promise.all(['long_a', 'long_b', 'short'].map((name) => made(name).then(() => ended.push(name))));
    expect(ended[0]).toBe('short');
  });

  it('lets views and readers have half of the cores, and the refresher all', async () => {
    const threads = sql`toString(getSetting('max_threads'))`;
    await clickhouse.command(
      sql`CREATE MATERIALIZED VIEW probe.threads REFRESH EVERY 100 YEAR (n String) ENGINE = MergeTree ORDER BY n EMPTY AS SELECT ${threads} AS n`,
    );
    await clickhouse.command(sql`SYSTEM REFRESH VIEW probe.threads`, 'views');
    await clickhouse.command(sql`SYSTEM WAIT VIEW probe.threads`, 'views');
    const few = Math.max(1, Math.floor(availableParallelism() / 2));
    expect(await clickhouse.query(sql`SELECT n FROM probe.threads`)).toEqual([{ n: String(few) }]);
    expect(await clickhouse.query(sql`SELECT ${threads} AS n`, 'refresher')).toEqual([{ n: String(availableParallelism()) }]);
  });

  it('keeps no setting for the next statement', async () => {
    await clickhouse.query(sql`SELECT 1 SETTINGS max_threads = 1, extremes = 1`);
    expect(await clickhouse.query(sql`SELECT getSetting('extremes') AS e`)).toEqual([{ e: false }]);
  });

  it('reads FINAL by the key first, and judges everything else by the version that counts', async () => {
    const table = ident('probe', 'versions');
    await clickhouse.command(sql`CREATE TABLE ${table} (place UInt32, id UInt32, value String, generation UInt64, is_deleted UInt8)
ENGINE = ReplacingMergeTree(generation, is_deleted) ORDER BY (place, id)`);
    await clickhouse.command(sql`SYSTEM STOP MERGES ${table}`);
    await clickhouse.command(sql`INSERT INTO ${table} SELECT 1 + number % 2, number, 'old', 1, 0 FROM numbers(6)`);
    await clickhouse.command(sql`INSERT INTO ${table} VALUES (1, 0, 'new', 2, 0), (2, 1, '', 2, 1)`);
    const old = async (where: ReturnType<typeof sql>): Promise<string> =>
      (await clickhouse.query<{ id: number }>(sql`SELECT id FROM ${table} FINAL ${where} ORDER BY id`)).map(({ id }) => id).join(' ');
    expect(await old(sql`WHERE value = 'old'`)).toBe('2 3 4 5');
    expect(await old(sql`WHERE place = 1 AND value = 'old'`)).toBe('2 4');
    expect(await old(sql`WHERE (place, id) IN ((1, 0), (2, 1), (2, 3)) AND generation < 2`)).toBe('3');
    // What it would be if all were read by the condition first.
    expect(await old(sql`PREWHERE value = 'old'`)).toBe('0 1 2 3 4 5');
    const plan = async (where: ReturnType<typeof sql>): Promise<string> =>
      (await clickhouse.query<{ explain: string }>(sql`EXPLAIN actions = 1 SELECT value FROM ${table} FINAL ${where}`))
        .map(({ explain }) => explain)
        .join('\n');
    expect(await plan(sql`WHERE place = 1`)).toContain('Prewhere');
    expect(await plan(sql`WHERE value = 'old'`)).not.toContain('Prewhere');
  });

  it('has its version', async () => {
    expect(await clickhouse.version()).toMatch(/^\d+\.\d+\.\d+/);
  });

  describe('the migrator', () => {
    const migration = (number: number, text: string): Migration => ({
      number,
      name: 'create_thing',
      scope: 'shop',
      text,
      checksum: text,
    });

    it('refuses a ReplacingMergeTree whose sort key lacks its partition key, and leaves no table behind', async () => {
      const unsafe = migration(
        1,
        'CREATE TABLE {db}.t (id UInt64, at Date, v UInt64) ENGINE = ReplacingMergeTree(v) PARTITION BY toYYYYMM(at) ORDER BY id;',
      );
      const after = migration(2, 'CREATE TABLE {db}.other (id UInt64) ENGINE = MergeTree ORDER BY id;');
      await expect(migrate(clickhouse, [unsafe, after], 'shop', 'probe_unsafe')).rejects.toMatchObject({
        code: 'migration-refused',
        message: expect.stringMatching(/^Migration 1 \(create_thing\): t is/) as string,
      });
      expect(await clickhouse.query(sql`SELECT number FROM probe_unsafe.migrations`)).toEqual([]);
      expect(await clickhouse.query(sql`SELECT name FROM system.tables WHERE database = 'probe_unsafe' AND name = 't'`)).toEqual([]);
    });

    it('accepts it once the sort key holds the partition column, runs it once, and refuses an edit afterwards', async () => {
      const safe = migration(
        1,
        'CREATE TABLE {db}.t (id UInt64, at Date, v UInt64) ENGINE = ReplacingMergeTree(v) PARTITION BY toYYYYMM(at) ORDER BY (at, id);',
      );
      expect(await migrate(clickhouse, [safe], 'shop', 'probe_safe')).toBe(1);
      expect(await migrate(clickhouse, [safe], 'shop', 'probe_safe')).toBe(0);
      const edited = { ...safe, checksum: 'other' };
      await expect(migrate(clickhouse, [edited], 'shop', 'probe_safe')).rejects.toMatchObject({ code: 'migration-changed' });
    });

    it('refuses a database that a newer version has changed, and says which migrations one lacks', async () => {
      const [first, second] = [1, 2].map((number) =>
        migration(number, `CREATE TABLE {db}.t${number} (id UInt64) ENGINE = MergeTree ORDER BY id;`),
      );
      if (!first || !second) throw new Error('There are two.');
      await migrate(clickhouse, [first], 'shop', 'probe_newer');
      expect(await pendingMigrations(clickhouse, [first, second], 'shop', 'probe_newer')).toEqual([second]);
      expect(await migrate(clickhouse, [first, second], 'shop', 'probe_newer')).toBe(1);
      expect(await pendingMigrations(clickhouse, [first, second], 'shop', 'probe_newer')).toEqual([]);
      await expect(migrate(clickhouse, [first], 'shop', 'probe_newer')).rejects.toMatchObject({
        code: 'migration-newer',
        message: expect.stringMatching(/^probe_newer was changed by a newer version: migration 2 ran/) as string,
      });
    });
  });
});
