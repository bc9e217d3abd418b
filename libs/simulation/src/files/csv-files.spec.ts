import { buildEvents, loadMapping, readFiles, type Mapping } from '#importing';
import { compareOracles, foldOracle, type Oracle, type OracleMessage } from '#testing';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { worldCurrency, worldTimeZone } from '../law/calendar.js';
import { profileOf } from '../law/profiles.js';
import { World } from '../world/world.js';
import { writeCsvFiles, type FilesWritten } from './csv-files.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const world = new World({ profile: { ...profileOf('rich'), name: 'small', customers: 400, products: 50 }, seed: 11 });
const shop = { timeZone: worldTimeZone, currency: worldCurrency };
const names = ['transactions.csv', 'customers.csv', 'products.csv', 'stock_counts.csv', 'returns.csv', 'marketing_campaigns.csv'];

let directory: string;
let written: FilesWritten;
let mapping: Mapping;
let streamed: Oracle;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-csv-'));
  written = await writeCsvFiles(world, directory);
  mapping = await loadMapping('tideline');
  streamed = foldOracle([...world.history()] as OracleMessage[], shop);
});
afterAll(() => rm(directory, { recursive: true }));

const pathOf = (name: string): string => join(directory, name);

/** What the importer makes of the files, folded. */
async function imported(): Promise<Oracle> {
  const collected = await readFiles(names.map(pathOf), { mapping });
  expect([...collected.rejected]).toEqual([]);
  return foldOracle([...buildEvents(collected, mapping, 'demo')] as OracleMessage[], shop);
}

describe('the files of a world', () => {
  it('lead, by the mapping tideline, to the same cells as the stream', async () => {
    expect(written['customers.csv']).toBe(400);
    expect(written['returns.csv']).toBeGreaterThan(20);
    expect(written['stock_counts.csv']).toBe(streamed.stockCounts.size);
    expect(streamed.stockCounts.size).toBeGreaterThan(100);
    const oracle = await imported();
    expect(oracle.verdicts.filter(({ accepted }) => !accepted)).toEqual([]);
    expect(compareOracles(streamed, oracle)).toEqual([]);
  });

  it('lead to others when one field of one of them is another', async () => {
    for (const [name, field, other] of [
      ['transactions.csv', /,card,/, ',cash,'],
      ['customers.csv', /,true$/m, ',false'],
      ['products.csv', /SKU-P0001/, 'SKU-X'],
      ['stock_counts.csv', /,\d+$/m, ',9999'],
      ['returns.csv', /does not fit|defective/, 'too large'],
      // On every row: the last one tells the state.
      ['marketing_campaigns.csv', /,ended,/g, ',running,'],
    ] as const) {
      const text = await readFile(pathOf(name), 'utf8');
      const changed = text.replace(field, other);
      expect(changed).not.toBe(text);
      await writeFile(pathOf(name), changed);
      const oracle = await imported();
      await writeFile(pathOf(name), text);
      expect(compareOracles(streamed, oracle)).not.toEqual([]);
    }
  });

  it('stay as they are when those of another world do not come to their end', async () => {
    const before = await Promise.all(names.map((name) => readFile(pathOf(name), 'utf8')));
    const halfway = new World({ profile: world.profile, seed: 12 });
    vi.spyOn(halfway, 'history').mockImplementation(function* () {
      let left = 5_000;
      for (const event of halfway.after(halfway.start - 1)) {
        left -= 1;
        if (left === 0) throw new Error('The disk is full.');
        yield event;
      }
    });
    await expect(writeCsvFiles(halfway, directory)).rejects.toThrow('The disk is full.');
    expect(await Promise.all(names.map((name) => readFile(pathOf(name), 'utf8')))).toEqual(before);
    expect((await readdir(directory)).filter((name) => !name.endsWith('.csv'))).toEqual([]);
  });

  it('are the same bytes each time', async () => {
    const other = await mkdtemp(join(tmpdir(), 'tideline-csv-'));
    await writeCsvFiles(world, other);
    for (const name of [...names, 'ground_truth.csv'])
      expect(await readFile(join(other, name), 'utf8')).toBe(await readFile(pathOf(name), 'utf8'));
    await rm(other, { recursive: true });
  });

  it('are refused row by row, with the field and the reason', async () => {
    const rejects: [string, string][] = [
      ['customers.csv', 'C1,yesterday,A,a@b.c,X,Y,Z,web,true'],
      ['customers.csv', 'C1,2024-01-01 00:00:00,A,a@b.c,X,Y,Z,web,perhaps'],
      ['products.csv', 'P1,2024-01-01 00:00:00,S,N,C,S,B,free,1'],
      ['stock_counts.csv', 'P1,2024-01-01 06:00:00,-1'],
      ['returns.csv', 'R1,1,O1,1,C1,P1,1.5,3,x,refunded,,2024-01-01 00:00:00'],
      ['returns.csv', 'R1,1,O1,1,C1,P1,1,3,x,requested,,'],
      ['marketing_campaigns.csv', 'c,n,t,email,5,paused,2024-01-01 00:00:00,,2024-01-01,1,1,1'],
    ];
    const path = join(directory, 'bad.csv');
    const reasons: string[] = [];
    for (const [name, row] of rejects) {
      const [header] = (await readFile(pathOf(name), 'utf8')).split('\n');
      await writeFile(path, `${header}\n${row}\n`);
      const collected = await readFiles([path], { mapping });
      reasons.push(...collected.rejected.keys());
    }
    expect(reasons).toEqual([
      'customers: registeredAt is not in a format of the mapping',
      'customers: consent is none of true, false, yes, no, 1, 0',
      'products: cost is not a number of at most six decimals',
      expect.stringMatching(/^stockCounts: units/),
      'returns: quantity is not a whole number',
      'returns: neither requestedAt nor refundedAt holds a time',
      expect.stringMatching(/^campaigns: status: /),
    ]);
  });

  it('cannot be written where they may not be', async () => {
    await expect(writeCsvFiles(world, join(pathOf('customers.csv'), 'x'))).rejects.toMatchObject({ code: 'directory-unwritable' });
  });
});

describe('the ground truth', () => {
  it('says of every customer what the stream does not', async () => {
    const [header, ...rows] = (await readFile(pathOf('ground_truth.csv'), 'utf8')).trim().split('\n');
    expect(header).toContain('customer_id,type,buys,visits_per_day');
    expect(rows).toHaveLength(400);
    const buyers = rows.filter((row) => row.split(',')[7] !== '').map((row) => row.split(',')[0]);
    expect(buyers.sort()).toEqual([...streamed.customers.keys()].sort());
  });

  it('has no order of a customer after the end of its relation, and tells who was held out', async () => {
    const rows = (await readFile(pathOf('ground_truth.csv'), 'utf8')).trim().split('\n').slice(1);
    const truth = new Map(rows.map((row) => [row.split(',')[0], row.split(',')]));
    for (const { customer, at, attributes } of streamed.book.sales) {
      const [, , , , , , , , end = '', heldOut = ''] = truth.get(customer) ?? [];
      // The end is the law's time: the hours of a day are not in it.
      if (end !== '') expect(at).toBeLessThan(Date.parse(end) + 86_400_000);
      if (attributes.campaign !== '') expect(heldOut.split(' ')).not.toContain(attributes.campaign);
    }
    const shares = rows.map((row) => (row.split(',')[9] === '' ? 0 : (row.split(',')[9] ?? '').split(' ').length / 12));
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) / shares.length - 0.1)).toBeLessThan(0.02);
  });
});
