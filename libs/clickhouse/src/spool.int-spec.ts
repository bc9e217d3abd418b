import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbedded } from './embedded-engine.js';
import { columnsOf } from './native/block.js';
import { Spool, spoolBytes } from './spool.js';
import { ident, sql } from './sql.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-spool-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

it('takes away what a process left that was killed', async () => {
  const spool = new Spool(directory);
  await spool.open();
  await writeFile(join(directory, 'spool', '7'), 'rows');
  await spool.open();
  expect(await readdir(join(directory, 'spool'))).toEqual([]);
});

it.each(['plain', '{a,b}', 'a::b', 'what?*'])('brings few rows and many into an engine in a directory called %s', async (name) => {
  const engine = await openEmbedded(join(directory, name));
  const table = ident('default', 'texts');
  try {
    await engine.command(sql`CREATE TABLE ${table} (text String) ENGINE = MergeTree ORDER BY tuple()`);
    const text = 'x'.repeat(1_000);
    const line = JSON.stringify([text]);
    await engine.insert(table, ['text'], line);
    await engine.insert(table, ['text'], `${line}\n`.repeat(Math.ceil(spoolBytes / line.length)));
    const rows = Array.from({ length: 1_000 }, () => [text]);
    await engine.insertRows(table, columnsOf({ text: 'String' }), rows);
    const [row] = await engine.query<{ rows: string; parts: string }>(
      sql`SELECT count() AS rows, uniqExact(_part) AS parts FROM ${table} WHERE text = ${text}`,
    );
    expect(row).toEqual({ rows: String(1 + Math.ceil(spoolBytes / line.length) + 1_000), parts: '3' });
    expect(await readdir(join(directory, name, 'spool'))).toEqual([]);
  } finally {
    await engine.close();
  }
});
