import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { createLogger, type Logger } from './logger.js';

let directory = '';
afterEach(() => rm(directory, { recursive: true, force: true }));

/** They stay open until the process ends, as a program's own does. */
const open: Logger[] = [];

/** Lines of a mebibyte each, with time for the file system in between. */
async function write(file: string, lines: number): Promise<void> {
  const log = createLogger('info', file);
  open.push(log);
  for (let line = 0; line < lines; line += 1) {
    log.info({ line, text: 'x'.repeat(1024 * 1024) }, 'long');
    await sleep(20);
  }
  await sleep(500);
}

it('keeps a log file small, and nothing is lost until the fourth former one goes', async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-log-'));
  await write(join(directory, 'logs', 'a.log'), 25);
  const files = (await readdir(join(directory, 'logs'))).sort();
  expect(files).toEqual(['a.log', 'a.log.1', 'a.log.2']);
  const lines: number[] = [];
  for (const file of files.toReversed()) {
    expect((await stat(join(directory, 'logs', file))).size).toBeLessThan(12 * 1024 * 1024);
    const text = await readFile(join(directory, 'logs', file), 'utf8');
    for (const line of text.trimEnd().split('\n')) lines.push((JSON.parse(line) as { line: number }).line);
  }
  expect(lines).toEqual(Array.from({ length: 25 }, (_, line) => line));
});

it('goes on in the file of an earlier run', async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-log-'));
  const file = join(directory, 'a.log');
  await write(file, 1);
  await write(file, 1);
  expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(2);
});
