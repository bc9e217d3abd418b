import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCursor, writeCursor } from './cursor.js';

describe('the cursor', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tideline-cursor-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('comes back as it was written, and leaves no other file', async () => {
    const path = join(directory, 'deep', 'cursor.json');
    expect(await readCursor(path)).toBeUndefined();
    const cursor = { world: 'w', through: 5, offsets: { 'demo.products.v1-0': '17' } };
    await writeCursor(path, { ...cursor, through: 4 });
    await writeCursor(path, cursor);
    expect(await readCursor(path)).toEqual(cursor);
    expect(await readdir(join(directory, 'deep'))).toEqual(['cursor.json']);
  });

  it('says what to do with a file that is none', async () => {
    const path = join(directory, 'cursor.json');
    for (const text of ['{"world":"w","thr', '{"world":"w","through":"5","offsets":{}}', '']) {
      await writeFile(path, text);
      await expect(readCursor(path)).rejects.toMatchObject({
        code: 'cursor-invalid',
        message: expect.stringMatching(/Delete it/) as string,
      });
    }
  });
});
