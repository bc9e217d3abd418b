import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ident, migrate, openEmbedded, sql, type ClickHouse, type Migration } from './index.js';

describe('the embedded engine', () => {
  let directory: string;
  let clickhouse: ClickHouse;

  beforeAll(async () => {
    directory = await mkdtemp(joinPath(tmpdir(), 'tideline-store-'));
    clickhouse = await openEmbedded(directory);
    await clickhouse.command(sql`CREATE DATABASE probe ENGINE = Atomic`);
  });
  afterAll(async () => {
    await clickhouse.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('brings 64-bit integers and decimals back whole', async () => {
    const rows = await clickhouse.query<Record<string, string>>(
      sql`SELECT toUInt64(18446744073709551615) AS u, toDecimal128('10655622.484', 6) AS d, ${new Date('2011-12-09T12:50:00.123Z')} AS t`,
    );
    expect(rows).toEqual([{ u: '18446744073709551615', d: '10655622.484', t: '2011-12-09 12:50:00.123' }]);
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
    });
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
      await expect(migrate(clickhouse, [unsafe], 'shop', 'probe_unsafe')).rejects.toMatchObject({ code: 'migration-refused' });
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
  });
});
