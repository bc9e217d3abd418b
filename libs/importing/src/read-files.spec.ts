import { parse } from 'csv-parse/sync';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildEvents } from './events.js';
import { loadMapping } from './mapping.js';
import { readFiles } from './read-files.js';

const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-read-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(directory, name);
  const text = `${[header, ...lines].join('\n')}\n`;
  await writeFile(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

const sale = (id: string, extra = ''): string => `${id},85123A,"HEART, WHITE${extra}",6,2010-12-01 08:26:00,2.55,17850,United Kingdom`;

describe('files', () => {
  it('may be several, plain and packed: rows of one order in two files are one order', async () => {
    const paths = [await file('a.csv', [sale('1'), sale('2')]), await file('b.csv.gz', [sale('2'), sale('3')])];
    const progress: number[] = [];
    const read = await readFiles(paths, { mapping: await loadMapping('online-retail'), onProgress: (done) => progress.push(done) });
    expect([...read.documents.values()].map(({ id, lines }) => [id, lines.length])).toEqual([
      ['1', 1],
      ['2', 2],
      ['3', 1],
    ]);
    expect(read.rows).toBe(4);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  });

  it('give the same bytes each time they are read', async () => {
    const path = await file('a.csv', [sale('2'), sale('1', ' BIG'), 'C3,85123A,,-1,2010-12-02 09:00:00,2.55,17850,EIRE']);
    const mapping = await loadMapping('online-retail');
    const run = async (): Promise<string> =>
      JSON.stringify([...buildEvents(await readFiles([path], { mapping }), mapping, 'online-retail')]);
    expect(await run()).toBe(await run());
  });

  it('must all have the columns of the mapping', async () => {
    const other = join(directory, 'other.csv');
    await writeFile(other, 'InvoiceNo;StockCode\n1;2\n');
    await expect(
      readFiles([await file('a.csv', [sale('1')]), other], { mapping: await loadMapping('online-retail') }),
    ).rejects.toMatchObject({ code: 'columns-missing', message: expect.stringContaining('other.csv') as string });
  });

  it('may have their columns in another order, and more of them', async () => {
    const path = join(directory, 'a.csv');
    await writeFile(
      path,
      'Note,Country,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo\nx,EIRE,1,2.5,2010-12-01 08:26:00,2,Cup,p,9\n',
    );
    const read = await readFiles([path], { mapping: await loadMapping('online-retail') });
    expect([...read.documents.values()]).toMatchObject([{ id: '9', country: 'EIRE', lines: [{ product: 'p', quantity: 2 }] }]);
  });

  it('must have a row', async () => {
    const mapping = await loadMapping('online-retail');
    await expect(readFiles([await file('a.csv', [])], { mapping })).rejects.toMatchObject({ code: 'file-empty' });
    const both = [await file('a.csv', []), await file('b.csv', [sale('1')])];
    expect((await readFiles(both, { mapping })).rows).toBe(1);
  });
});

describe('rejected rows', () => {
  it('are written with file, row, reason and the row as it stood', async () => {
    const bad = '3,85123A,"say ""hi"", please",0,2010-12-01 08:26:00,2.55, 17850 ,United Kingdom';
    const path = await file('a.csv', [sale('1'), bad, sale('2'), 'A4,B,Adjust bad debt,1,2010-12-01 08:26:00,-11062.06,,United Kingdom']);
    const rejectsPath = join(directory, 'rejects.csv');
    const read = await readFiles([path], { mapping: await loadMapping('online-retail'), rejectsPath });
    expect(Object.fromEntries(read.rejected)).toEqual({ 'stock write-off': 1, 'bad-debt adjustment': 1 });
    expect(parse(await readFile(rejectsPath, 'utf8'))).toEqual([
      ['file', 'row', 'reason', ...header.split(',')],
      [path, '3', 'stock write-off', '3', '85123A', 'say "hi", please', '0', '2010-12-01 08:26:00', '2.55', ' 17850 ', 'United Kingdom'],
      [path, '5', 'bad-debt adjustment', 'A4', 'B', 'Adjust bad debt', '1', '2010-12-01 08:26:00', '-11062.06', '', 'United Kingdom'],
    ]);
  });

  it('leave no file where there are none', async () => {
    const rejectsPath = join(directory, 'rejects.csv');
    await readFiles([await file('a.csv', [sale('1')])], { mapping: await loadMapping('online-retail'), rejectsPath });
    expect(existsSync(rejectsPath)).toBe(false);
  });

  it('and taken rows are all rows', async () => {
    const lines = Array.from({ length: 11_000 }, (_, n) => (n % 3 === 0 ? sale(String(n)).replace(',6,', ',0,') : sale(String(n))));
    const rejectsPath = join(directory, 'rejects.csv');
    const read = await readFiles([await file('a.csv', lines)], { mapping: await loadMapping('online-retail'), rejectsPath });
    const written = parse(await readFile(rejectsPath, 'utf8')).length - 1;
    expect([read.rows, read.sales, written]).toEqual([11_000, 7_333, 3_667]);
    expect(read.sales + read.returns + written).toBe(read.rows);
  });
});
