import { SmallDisk } from '#testing';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClickHouseFault } from './clickhouse.errors.js';
import { unitOver, type UnitOfWork } from './clickhouse.js';
import { openEmbedded, type EmbeddedClickHouse } from './embedded-engine.js';
import { refusedWritesQuery } from './refused-writes.js';
import { ident, join, Sql, sql } from './sql.js';

/** Many files to a part: it takes a while to write one. */
const columns = Array.from({ length: 30 }, (_, index) => `c${index}`);
const each = 4_000;

const mountable = await SmallDisk.possible();
const where = mountable
  ? 'the embedded engine on a full disk'
  : 'the embedded engine on a full disk: not run, a tmpfs may not be mounted here';

describe.skipIf(!mountable)(where, () => {
  let work: string;
  let disk: SmallDisk;
  let store: EmbeddedClickHouse;

  beforeEach(async () => {
    work = await mkdtemp(joinPath(tmpdir(), 'tideline-full-disk-'));
    disk = await SmallDisk.mount(joinPath(work, 'disk'), 256);
    store = await openEmbedded(joinPath(disk.path, 'clickhouse'));
    await store.command(sql`CREATE DATABASE d ENGINE = Atomic`);
    const text = join(columns.map((name) => sql`${ident(name)} String`));
    await store.command(
      sql`CREATE TABLE d.t (id UInt64, ${text}) ENGINE = MergeTree ORDER BY id SETTINGS fsync_after_insert = 1, min_bytes_for_wide_part = 0`,
    );
    for (let part = 0; part < 4; part += 1) await store.command(rows(part * each, each));
  });
  afterEach(async () => {
    await store.close();
    await disk.unmount();
    await rm(work, { recursive: true, force: true });
  });

  const rows = (from: number, count: number): Sql =>
    sql`INSERT INTO d.t SELECT number + ${from}, ${join(columns.map((name) => sql`hex(MD5(concat(${name}, toString(number))))`))} FROM numbers(${count})`;
  /** Again while the engine says that bytes were lost: it is opened anew, and a second later once more when that lost some, too. */
  const again = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      const done = await work().catch((error: unknown) => {
        if (attempt === 50 || !(error instanceof ClickHouseFault && error.retryable)) throw error;
        return undefined;
      });
      if (done !== undefined) return done;
      await sleep(200);
    }
  };
  const content = (): Promise<unknown> =>
    again(async () => (await store.query(sql`SELECT count() AS n, sum(cityHash64(*)) AS hash FROM d.t`))[0]);
  const refusedWrites = async (): Promise<number> =>
    Number((await store.query<{ value: string }>(new Sql(refusedWritesQuery)))[0]?.value ?? 0);
  /** Fills the disk as soon as the statement has begun to write a part. */
  const cut = async (statement: Sql, by: UnitOfWork): Promise<Error | undefined> => {
    const [{ path } = { path: '' }] = await store.query<{ path: string }>(
      sql`SELECT arrayElement(data_paths, 1) AS path FROM system.tables WHERE name = 't'`,
    );
    const running = by.command(statement, 'background').then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    let over = false;
    void running.then(() => (over = true));
    while (!over && !readdirSync(path).some((name) => name.startsWith('tmp_'))) await setImmediate();
    disk.fill();
    return running;
  };

  /** The same until it came at the right moment: something may have merged the parts before, or the disk may have been filled too late. */
  const cutShort = async (
    statement: Sql,
    unit: () => UnitOfWork = () => unitOver(store),
    silently = false,
  ): Promise<{ before: unknown; error: Error | undefined; by: UnitOfWork }> => {
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await again(() => store.command(rows(attempt * each, each)).then(() => true));
      const [before, refused] = [await content(), await refusedWrites()];
      // What an aborted merge gives back would be room enough for another word.
      if (!statement.text.startsWith('OPTIMIZE')) await store.command(sql`SYSTEM STOP MERGES d.t`);
      const by = unit();
      const error = await cut(statement, by);
      if ((await refusedWrites()) > refused && !(silently && error)) return { before, error, by };
      await disk.room();
    }
    throw new Error('Nothing was cut short in eight attempts.');
  };

  it('loses nothing of what a merge merged', async () => {
    const { before } = await cutShort(sql`OPTIMIZE TABLE d.t FINAL`);
    expect(await content()).toEqual(before);
  });

  it('says of an insert that was cut short that it failed, and has nothing of it', async () => {
    const { before, error } = await cutShort(rows(1_000_000, 10 * each));
    expect(error?.message).toMatch(/^The disk is full: .* Free some space; it goes on by itself\.$/);
    expect(await content()).toEqual(before);
  });

  it('says of a unit of work that it is not whole, also when the engine was opened anew before it was asked', async () => {
    const { before, by } = await cutShort(rows(1_000_000, 10 * each), () => store.unit(), true);
    await expect(by.whole()).rejects.toMatchObject({ code: 'disk-full' });
    expect(await content()).toEqual(before);
    await disk.room();
    await expect(by.whole()).rejects.toMatchObject({ code: 'write-lost' });
    const next = store.unit();
    await next.command(rows(0, 10));
    await next.whole();
    expect(await content()).toMatchObject({ n: String(Number((before as { n: string }).n) + 10) });
  });

  it('changes no definition, and takes rows again once there is room', async () => {
    disk.fill();
    const create = sql`CREATE TABLE d.u (id UInt64) ENGINE = MergeTree ORDER BY id`;
    await expect(store.command(create)).rejects.toMatchObject({ code: 'disk-full' });
    await expect(store.command(rows(0, 10))).rejects.toMatchObject({ code: 'disk-full' });
    await disk.room();
    await store.command(create);
    await store.command(rows(0, 10));
    expect(await content()).toMatchObject({ n: String(4 * each + 10) });
  });

  it('does not open', async () => {
    await store.close();
    disk.fill();
    await expect(openEmbedded(joinPath(disk.path, 'clickhouse'))).rejects.toThrow(/The disk is full: .* Free some space and start again/);
    await disk.room();
    store = await openEmbedded(joinPath(disk.path, 'clickhouse'));
    expect(await content()).toMatchObject({ n: String(4 * each) });
  });
});
