import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatAsReady, formattedBy, formattedIn, formatMark, settingsName } from './formatted-directory.js';

const metadata = join('__cluster_metadata-0', '00000000000000000000-0000000000.checkpoint');

let directory: string;
let jars: string;
let target: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-formatted-'));
  jars = join(directory, 'jars');
  target = join(directory, 'data');
  const ready = formattedIn(jars);
  await mkdir(join(ready, '__cluster_metadata-0'), { recursive: true });
  await writeFile(join(ready, metadata), 'voters', { mode: 0o400 });
  await writeFile(join(ready, 'bootstrap.checkpoint'), 'features');
  await writeFile(join(ready, formatMark), '#\nnode.id=1\ncluster.id=of-the-set-up\ndirectory.id=d\n');
  await writeFile(join(ready, settingsName), formattedBy);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('a data directory that is formatted as a copy', () => {
  it('has the files and an id of its own', async () => {
    formatAsReady(jars, target);
    expect((await readdir(target, { recursive: true })).sort()).toEqual(
      ['__cluster_metadata-0', metadata, 'bootstrap.checkpoint', formatMark].sort(),
    );
    expect(await readFile(join(target, metadata), 'utf8')).toBe('voters');
    expect(await readFile(join(target, formatMark), 'utf8')).toMatch(/^#\nnode\.id=1\ncluster\.id=[\w-]{22}\ndirectory\.id=d\n$/);
  });

  it('is made whole after an attempt that was cut short, and left alone once it is', async () => {
    await mkdir(join(target, '__cluster_metadata-0'), { recursive: true });
    await writeFile(join(target, `${metadata}.new`), 'vot', { mode: 0o400 });
    formatAsReady(jars, target);
    expect(await readFile(join(target, metadata), 'utf8')).toBe('voters');
    const first = await readFile(join(target, formatMark), 'utf8');
    formatAsReady(jars, target);
    expect(await readFile(join(target, formatMark), 'utf8')).toBe(first);
  });

  it.each([
    ['was formatted by other settings', settingsName, 'node.id=2\n'],
    ['lost what a file held', metadata, ''],
    ['has no mark', formatMark, undefined],
    ['has no settings beside it', settingsName, undefined],
  ])('is left to the tool where the one that stands ready %s', async (_, name, content) => {
    const path = join(formattedIn(jars), name);
    await rm(path);
    if (content !== undefined) await writeFile(path, content);
    formatAsReady(jars, target);
    expect(existsSync(target)).toBe(false);
  });
});
