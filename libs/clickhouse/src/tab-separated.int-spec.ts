import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEmbedded } from './embedded-engine.js';
import { spoolBytes } from './spool.js';
import { ident, sql } from './sql.js';
import { tabSeparated, type Cell } from './tab-separated.js';

it('brings every value into the engine as it is', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tideline-tsv-'));
  const engine = await openEmbedded(directory);
  try {
    await engine.command(sql`CREATE TABLE default.cells (n UInt32, t String, d Decimal(18, 6), i DateTime64(3, 'UTC'), o Nullable(Bool),
      ts Array(String), ds Array(Nullable(Decimal(18, 6))), m Map(String, UInt64)) ENGINE = MergeTree ORDER BY n`);
    const texts = [
      '',
      'plain',
      'tab\tline\nreturn\r',
      'back\\slash \\N \\t',
      `quote ' and "`,
      'nul\0',
      'ümläut 漢字 🛒',
      '{"a":"b\\"c"}',
      'NULL',
      '[]',
    ];
    const rows: Cell[][] = texts.map((text, n) => [
      ...[n, text, `${n}.5`, '2024-01-02 03:04:05.678', [null, true, false][n % 3] ?? null],
      ...[texts.slice(0, n), n % 2 === 0 ? [] : ['1.25', null, '0.000001'], { [text]: '18446744073709551615' }],
    ]);
    const lines = rows.map((row) => tabSeparated(row, [false, false, false, false, false, true, false, false]));
    await engine.insert(
      ident('default', 'cells'),
      ['n', 't', 'd', 'i', 'o', 'ts', 'ds', 'm'],
      `${lines.join('\n')}\n`,
      'writer',
      'TabSeparated',
    );
    const read = (): Promise<Record<string, unknown>[]> => engine.query(sql`SELECT * FROM default.cells ORDER BY n`);
    expect((await read()).map((row) => Object.values(row))).toEqual(rows);
    // So many that they go by a file.
    await engine.command(sql`TRUNCATE TABLE default.cells`);
    const times = Math.ceil(spoolBytes / Buffer.byteLength(lines.join('\n'))) + 1;
    const many = `${lines.join('\n')}\n`.repeat(times);
    await engine.insert(ident('default', 'cells'), ['n', 't', 'd', 'i', 'o', 'ts', 'ds', 'm'], many, 'writer', 'TabSeparated');
    expect((await read()).map((row) => Object.values(row))).toEqual(rows.flatMap((row) => Array<Cell[]>(times).fill(row)));
    expect(await readdir(join(directory, 'spool'))).toEqual([]);
  } finally {
    await engine.close();
    await rm(directory, { recursive: true, force: true });
  }
});
