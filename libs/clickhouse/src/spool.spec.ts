import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Spool, spoolBytes } from './spool.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-spool-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

it('lends a file as long as the work on it lasts, whether it succeeds or not', async () => {
  const spool = new Spool(directory);
  await spool.open();
  expect(await spool.lend(Buffer.from('1\n'), (path) => readFile(path, 'utf8'))).toBe('1\n');
  await expect(spool.lend(Buffer.from('2\n'), () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(await readdir(join(directory, 'spool'))).toEqual([]);
});

it('takes away what a process left that was killed', async () => {
  const spool = new Spool(directory);
  await spool.open();
  await writeFile(join(directory, 'spool', '7'), 'rows');
  await spool.open();
  expect(await readdir(join(directory, 'spool'))).toEqual([]);
});

it('takes many rows, but none where the path would be read as a pattern', () => {
  expect([spoolBytes - 1, spoolBytes].map((bytes) => new Spool('/data/shop').takes(bytes))).toEqual([false, true]);
  for (const path of ['/data/a*', '/data/a?', '/data/{a,b}', '/data/a.zip :: b']) expect(new Spool(path).takes(spoolBytes)).toBe(false);
});
