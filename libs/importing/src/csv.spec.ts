import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsv } from './csv.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-csv-'));
});
afterAll(() => rm(directory, { recursive: true }));

interface Contents {
  header: readonly string[];
  rows: string[][];
  done: number;
}

let files = 0;
async function contents(
  bytes: string | Buffer,
  { name = '.csv', ...options }: { name?: string; separator?: string; encoding?: 'utf-8' | 'latin1' } = {},
): Promise<Contents> {
  const path = join(directory, `${++files}${name}`);
  await writeFile(path, bytes);
  const found: Contents = { header: [], rows: [], done: 0 };
  for await (const batch of readCsv(path, { separator: ',', encoding: 'utf-8', ...options })) {
    found.header = batch.header;
    found.rows.push(...batch.rows.map((row) => [...row]));
    found.done = batch.done;
  }
  return found;
}

describe('a CSV', () => {
  it('may hold separators, quotes and line ends inside quotes', async () => {
    const { header, rows } = await contents('a,b\n"1,5","say ""hi"""\n"two\nlines","with\r\nreturn"\n');
    expect(header).toEqual(['a', 'b']);
    expect(rows).toEqual([
      ['1,5', 'say "hi"'],
      ['two\nlines', 'with\r\nreturn'],
    ]);
  });

  it('may begin with a byte order mark, end lines with CRLF, and its last line with nothing', async () => {
    expect(await contents('\ufeffa,b\r\n1,2\r\n3,4')).toMatchObject({
      header: ['a', 'b'],
      rows: [
        ['1', '2'],
        ['3', '4'],
      ],
    });
  });

  it('may have empty lines, and blanks round the names of its columns', async () => {
    expect(await contents('a , b\n\n1,2\n\n')).toMatchObject({ header: ['a', 'b'], rows: [['1', '2']] });
  });

  it('keeps blanks and empty fields as they stand', async () => {
    expect((await contents('a,b,c\n 1 ,,\n')).rows).toEqual([[' 1 ', '', '']]);
  });

  it.each([';', '\t', '|'])('may be separated by %j', async (separator) => {
    expect((await contents(`a${separator}b\n1${separator}2,5\n`, { separator })).rows).toEqual([['1', '2,5']]);
  });

  it('may be latin1', async () => {
    expect((await contents(Buffer.from('a\n£5 é ü\n', 'latin1'), { encoding: 'latin1' })).rows).toEqual([['£5 é ü']]);
  });

  it.each(['utf-8', 'latin1'] as const)('is read by its byte order mark, though the mapping says %s', async (encoding) => {
    const { header, rows } = await contents(Buffer.from('\ufeffwho\nMüller\n', 'utf16le'), { encoding });
    expect([header, rows]).toEqual([['who'], [['Müller']]]);
    expect((await contents('\ufeffwho\nMüller\n', { encoding })).rows).toEqual([['Müller']]);
  });

  it('may be packed with gzip, in several members too', async () => {
    const packed = Buffer.concat([gzipSync('a\n1\n'), gzipSync('2\n')]);
    expect((await contents(packed, { name: '.csv.gz' })).rows).toEqual([['1'], ['2']]);
  });

  it('of more than one batch comes whole and in order', async () => {
    const { rows, done } = await contents(`n\n${Array.from({ length: 12_345 }, (_, n) => n).join('\n')}\n`);
    expect(rows.map(([n]) => Number(n))).toEqual(Array.from({ length: 12_345 }, (_, n) => n));
    expect(done).toBe(1);
  });

  it('keeps a character that falls between two chunks', async () => {
    const { rows } = await contents(`n\n${'x'.repeat(1024 * 1024 - 3)}£\n`);
    expect(rows[0]?.[0]?.endsWith('x£')).toBe(true);
  });

  it.each(['£', '€', '😀'])('keeps %s wherever a chunk ends', async (sign) => {
    for (let before = 1; before <= 4; before += 1) {
      const { rows } = await contents(`n\n${'x'.repeat(1024 * 1024 - 2 - before)}${sign.repeat(3)}\n`);
      expect(rows[0]?.[0]?.slice(1024 * 1024 - 2 - before)).toBe(sign.repeat(3));
    }
  });
});

describe('a file that cannot be read', () => {
  it.each(['', '\n\n', '\ufeff'])('as %j is empty', async (text) => {
    await expect(contents(text)).rejects.toMatchObject({ code: 'file-empty' });
  });

  it('is named when it does not exist', async () => {
    const reading = readCsv(join(directory, 'no.csv'), { separator: ',', encoding: 'utf-8' }).next();
    await expect(reading).rejects.toMatchObject({ code: 'file-unreadable', message: expect.stringContaining('no.csv') as string });
  });

  it('may be a directory', async () => {
    const reading = readCsv(directory, { separator: ',', encoding: 'utf-8' }).next();
    await expect(reading).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it.each([
    ['a quote never closed', 'a,b\n"1,2\n3,4\n', '.csv'],
    ['a quote inside a bare field', 'a,b\n5" nail,2\n', '.csv'],
    ['a plain text called .gz', 'a,b\n1,2\n', '.csv.gz'],
  ])('has %s', async (_, text, name) => {
    await expect(contents(text, { name })).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it.each<[string, Buffer, number]>([
    ['latin1 in the first chunk', Buffer.from('who\nMeier\nMüller\nMöller\n', 'latin1'), 3],
    ['latin1 after many chunks', Buffer.from(`who\n${'Meier\n'.repeat(500_000)}Müller\n`, 'latin1'), 500_002],
    ['latin1 in its last byte', Buffer.from('who\nMeier\nMü', 'latin1'), 3],
    ['latin1 below a mark of UTF-8', Buffer.concat([Buffer.from('\ufeffwho\n'), Buffer.from('Müller\n', 'latin1')]), 2],
  ])('is %s where UTF-8 was asked for: Müller and Möller would be one', async (_, bytes, line) => {
    const message = expect.stringMatching(
      new RegExp(`\\d\\.csv is not in UTF-8: line ${line} .*csv\\.encoding.*Nothing was sent`),
    ) as string;
    await expect(contents(bytes)).rejects.toMatchObject({ code: 'file-unreadable', message });
  });

  it('is latin1 below a mark of UTF-8, whatever the mapping says', async () => {
    const bytes = Buffer.concat([Buffer.from('\ufeffwho\n'), Buffer.from('Müller\n', 'latin1')]);
    await expect(contents(bytes, { encoding: 'latin1' })).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('is a gzip cut short', async () => {
    const packed = gzipSync(`a,b\n${'1,2\n'.repeat(10_000)}`);
    await expect(contents(packed.subarray(0, packed.length - 20), { name: '.csv.gz' })).rejects.toMatchObject({ code: 'file-unreadable' });
  });
});
