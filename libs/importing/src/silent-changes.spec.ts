import { topics } from '#contracts';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildEvents, type OutgoingEvent } from './events.js';
import { parseMapping } from './mapping.js';
import { readFiles } from './read-files.js';

/**
 * A row is used as it stands or rejected with a reason: never silently changed, never sent as an event that its contract
 * refuses. `it.fails` marks what does not hold yet; once it holds the test goes red and is made a plain `it`.
 */
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-silent-'));
});
afterEach(() => rm(directory, { recursive: true }));

const defaults = { id: '1', at: '2011-01-01 10:00:00', who: 'c', sku: 'p', name: 'Pen', quantity: '2', price: '2.50', land: 'UK' };
const header = Object.keys(defaults).join(',');
const columns = 'document: id, time: at, customer: who, product: sku, productName: name, quantity: quantity, price: price, country: land';
const line = (fields: Partial<typeof defaults> = {}): string => Object.values({ ...defaults, ...fields }).join(',');

interface Outcome {
  readonly sales: number;
  readonly returns: number;
  readonly rejected: Readonly<Record<string, number>>;
  /** First column but the file's name of the rejects file: where the rows stand. */
  readonly places: readonly string[];
  readonly events: readonly OutgoingEvent[];
  /** Events that no contract of their topic takes. */
  readonly refused: readonly string[];
}

async function run(lines: readonly string[], { mapped = columns, more = '', format = 'YYYY-MM-DD HH:mm:ss' } = {}): Promise<Outcome> {
  const path = join(directory, 'a.csv');
  await writeFile(path, [header, ...lines].join('\n'));
  const mapping = parseMapping(
    `name: t\ncurrency: GBP\ntimeZone: UTC\ntime: { formats: ['${format}'] }\ncolumns: { ${mapped} }\n${more}`,
    'test.yaml',
  );
  const rejectsPath = join(directory, 'rejects.csv');
  const read = await readFiles([path], { mapping, rejectsPath });
  const events = [...buildEvents(read, mapping, 'shop')];
  const refused = events.filter(({ topic, value }) => !topics[topic].events.some((each) => each.safeParse(JSON.parse(value)).success));
  const written = read.rejected.size > 0 ? (await readFile(rejectsPath, 'utf8')).trim().split('\n').slice(1) : [];
  return {
    sales: read.sales,
    returns: read.returns,
    rejected: Object.fromEntries(read.rejected),
    places: written.map((each) => each.split(',')[1] ?? ''),
    events,
    refused: refused.map(({ topic }) => topic),
  };
}

const taken = async (...given: Parameters<typeof run>): Promise<number> => {
  const { sales, returns } = await run(...given);
  return sales + returns;
};

describe('a row is never taken for another amount', () => {
  it('a sale of a negative quantity is rejected, not turned positive', async () => {
    expect(await taken([line({ quantity: '-5' })])).toBe(0);
  });

  it('a return of a negative unit price is rejected, not turned positive', async () => {
    expect(await taken([line({ price: '-2.50', quantity: '-1' })], { more: 'rows: [{ class: return }]\n' })).toBe(0);
  });

  it('a line cut short is rejected: its last number may have lost digits', async () => {
    expect(await taken([line(), '2,2011-01-01 10:00:00,c,p,Pen,2,2.5'])).toBe(1);
  });

  it('a line with more fields than the header is rejected: which one is the price is a guess', async () => {
    expect(await taken(['2,2011-01-01 10:00:00,c,p,Pen,3,4,5,UK'])).toBe(0);
  });

  it('a point in a file of decimal commas is rejected: 1.234 is not 1.234', async () => {
    expect(await taken([line({ price: '1.234' })], { more: "numbers: { decimal: ',' }\n" })).toBe(0);
  });

  it('thousands that are no groups of three are rejected: "2,5" is not 25', async () => {
    expect(await taken([line({ price: '"2,5"' })], { more: "numbers: { thousands: ',' }\n" })).toBe(0);
  });

  it('one sign for decimals and thousands is refused: 1.5 would be 15', async () => {
    await expect(run([line({ price: '1.5' })], { more: "numbers: { thousands: '.' }\n" })).rejects.toMatchObject({
      code: 'mapping-invalid',
    });
  });

  it('the year 71 is rejected, not taken for 1971', async () => {
    expect(await taken([line({ at: '0071-01-01 10:00:00' })])).toBe(0);
  });

  it('a return whose discount is above its amount is rejected, not turned into a payment', async () => {
    const over = { mapped: columns.replace('country', 'discount'), more: 'rows: [{ class: return }]\n' };
    expect(await taken([line({ land: '5.01' })], over)).toBe(0);
    const { returns, events } = await run([line({ land: '4.50' })], over);
    expect(returns).toBe(1);
    const refund = JSON.parse(events.find(({ topic }) => topic === 'returns.v1')?.value ?? '{}') as {
      data: { lines: { amount: string }[] };
    };
    expect(refund.data.lines.map(({ amount }) => amount)).toEqual(['0.5']);
  });

  it('an order discount that differs between rows of one order is not dropped', async () => {
    const { rejected } = await run([line({ land: '1' }), line({ land: '2' })], { mapped: columns.replace('country', 'orderDiscount') });
    expect(Object.keys(rejected)).toHaveLength(1);
  });
});

describe('a rule is never read for another', () => {
  it('blanks round a tested value do not turn a return into a sale', async () => {
    const more = 'rows: [{ class: return, when: { land: { equals: refund } } }, { class: sale }]\n';
    expect(await run([line({ land: 'refund ' })], { more })).toMatchObject({ sales: 0, returns: 1 });
  });

  it('a limit that is no number is refused: it would count as 0', async () => {
    const more = 'rows: [{ class: reject, reason: few, when: { quantity: { lte: ten } } }, { class: sale }]\n';
    await expect(run([line()], { more })).rejects.toMatchObject({ code: 'mapping-invalid' });
  });

  it('a letter in a format that means nothing is refused: it would fit no row', async () => {
    await expect(run([line()], { format: 'YYYY-MM-dd hh:mm:ss' })).rejects.toMatchObject({ code: 'mapping-invalid' });
  });

  it('a part named twice in a format is refused with words', async () => {
    await expect(run([line()], { format: 'YYYY-mm-DD HH:mm:ss' })).rejects.toMatchObject({ code: 'mapping-invalid' });
  });
});

describe('no event is sent that its contract refuses', () => {
  it.each<[string, Partial<typeof defaults>]>([
    ['the year 11', { at: '0011-01-01 10:00:00' }],
    ['the year 1970', { at: '1970-12-31 10:00:00' }],
    ['the year 2100', { at: '2100-01-01 10:00:00' }],
    ['a country of 501 characters', { land: 'x'.repeat(501) }],
    ['an id of 150 characters of two units each', { id: '😀'.repeat(150) }],
    ['a name whose 500th character is half a pair', { name: `${'x'.repeat(499)}😀` }],
  ])('%s', async (_, fields) => {
    expect((await run([line(fields)])).refused).toEqual([]);
  });

  it('a campaign id with a control character', async () => {
    expect((await run([line({ land: 'a\tb' })], { mapped: columns.replace('country', 'campaign') })).refused).toEqual([]);
  });

  it('the number of a returned order with a control character', async () => {
    const options = { mapped: columns.replace('country', 'order'), more: 'rows: [{ class: return }]\n' };
    expect((await run([line({ land: 'a\tb' })], options)).refused).toEqual([]);
  });

  it('a discount beyond the range of money', async () => {
    const mapped = columns.replace('country', 'discount');
    expect((await run([line({ land: '9999999999999' })], { mapped })).refused).toEqual([]);
  });

  it('a document of more than 10,000 lines', async () => {
    expect((await run(Array.from({ length: 10_001 }, () => line()))).refused).toEqual([]);
  });

  it('two long ids that begin alike have event ids of their own', async () => {
    const { events } = await run([line({ id: `${'a'.repeat(195)}1` }), line({ id: `${'a'.repeat(195)}2` })]);
    const ids = events.map(({ value }) => (JSON.parse(value) as { id: string }).id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('what is known of an entity', () => {
  it('an empty country does not wipe out the one that was known', async () => {
    const { events } = await run([line(), line({ id: '2', at: '2011-02-01 10:00:00', land: '' })]);
    const customer = events.find(({ topic }) => topic === 'customers.v1');
    expect(customer?.value).toContain('"country":"UK"');
  });
});

describe('the rejects file', () => {
  it('names the line of the file, empty lines and line ends in quotes counted', async () => {
    const { places } = await run(['', line({ name: '"two\nlines"' }), line({ quantity: '0' })]);
    expect(places).toEqual(['5']);
  });

  it('that cannot be written ends the import in words', async () => {
    const path = join(directory, 'a.csv');
    await writeFile(path, `${header}\n${line({ quantity: '0' })}\n`);
    const mapping = parseMapping(
      `name: t\ncurrency: GBP\ntimeZone: UTC\ntime: { formats: ['YYYY-MM-DD HH:mm:ss'] }\ncolumns: { ${columns} }\n`,
      'test.yaml',
    );
    await expect(readFiles([path], { mapping, rejectsPath: join(directory, 'no', 'rejects.csv') })).rejects.toMatchObject({
      name: 'ImportError',
    });
  });
});
