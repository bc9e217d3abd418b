import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ImportError } from './importing.errors.js';
import { columnsOfMapping, loadMapping, parseMapping } from './mapping.js';

const head = `name: my-shop\ncurrency: EUR\ntimeZone: Europe/Berlin\ntime: { formats: [DD.MM.YYYY] }\n`;
const columns = `columns: { document: order, time: date, price: price }\n`;

function fault(text: string): string {
  try {
    parseMapping(text, 'my-shop.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(ImportError);
    expect((error as ImportError).code).toBe('mapping-invalid');
    return (error as ImportError).message;
  }
  throw new Error('it was accepted');
}

describe('a mapping', () => {
  it('needs little: the rest has defaults', () => {
    const mapping = parseMapping(head + columns, 'my-shop.yaml');
    expect(mapping).toMatchObject({
      revision: 1,
      csv: { separator: ',', encoding: 'utf-8' },
      numbers: { decimal: '.', thousands: '' },
      time: { timeOfDay: '12:00' },
      rows: [{ class: 'sale' }],
    });
  });

  it('covers a file without product, price, customer, time of day', () => {
    const mapping = parseMapping(`${head}columns: { document: order, time: date, amount: total }\n`, 'my-shop.yaml');
    expect(columnsOfMapping(mapping)).toEqual(['order', 'date', 'total']);
  });

  it('reads the columns it maps and those it tests, not constants', () => {
    const text = `${head}columns: { document: order, time: date, price: price, country: { constant: DE } }\nrows: [{ class: return, when: { kind: { equals: R } } }, { class: sale }]\n`;
    expect(columnsOfMapping(parseMapping(text, 'my-shop.yaml'))).toEqual(['order', 'date', 'price', 'kind']);
  });

  it.each([
    ['an unknown key', `${head}${columns}colour: red\n`, ['Unrecognized key: "colour"']],
    ['no columns', head, ['columns']],
    ['a class that does not exist', `${head}${columns}rows: [{ class: sell }]\n`, ['rows.0.class', "'sale' | 'return' | 'reject'"]],
    ['a rejection without a reason', `${head}${columns}rows: [{ class: reject }]\n`, ['rows.0.reason']],
    [
      'a misspelt test',
      `${head}${columns}rows: [{ class: sale, when: { order: { startWith: C } } }]\n`,
      ['rows.0.when.order', '"startWith"'],
    ],
    ['a test of nothing', `${head}${columns}rows: [{ class: sale, when: { order: { not: true } } }]\n`, ['needs at least one test']],
    ['a bad pattern', `${head}${columns}rows: [{ class: sale, when: { order: { matches: '(' } } }]\n`, ['is not a regular expression']],
    ['rules nobody reaches', `${head}${columns}rows: [{ class: sale }, { class: return }]\n`, ['rows', 'only the last rule']],
    ['a zone in another case', `${head.replace('Europe/Berlin', 'europe/berlin')}${columns}`, ['timeZone', 'write Europe/Berlin.']],
    ['a zone that does not exist', `${head.replace('Europe/Berlin', 'Mars/Olympus')}${columns}`, ['timeZone', 'Europe/London']],
    ['a currency in words', `${head.replace('EUR', 'Euro')}${columns}`, ['currency', 'ISO 4217']],
    ['an encoding we cannot read', `${head}${columns}csv: { encoding: utf-16 }\n`, ['csv.encoding', '"utf-8"|"latin1"']],
    ['a separator of two signs', `${head}${columns}csv: { separator: '||' }\n`, ['csv.separator']],
    ['a revision of 0', `${head}${columns}revision: 0\n`, ['revision']],
    ['a format without a year', `${head.replace('DD.MM.YYYY', 'DD.MM')}${columns}`, ['time.formats.0', 'must hold YYYY']],
    ['a wrong time of day', `${head.replace(' }', ", timeOfDay: '24:00' }")}${columns}`, ['time.timeOfDay', 'HH:mm']],
    ['neither price nor amount', `${head}columns: { document: order, time: date }\n`, ['columns', 'either price']],
    ['price and amount', `${head}columns: { document: o, time: d, price: p, amount: a }\n`, ['columns', 'either price']],
    ['amount and quantity', `${head}columns: { document: o, time: d, amount: a, quantity: q }\n`, ['columns', 'leave quantity out']],
    ['an empty file', '', ['(whole file)']],
    ['a list', '- a\n', ['(whole file)']],
  ])('is refused with %s, in words', (_, text, words) => {
    const message = fault(text);
    for (const word of ['my-shop.yaml', 'docs/importing.md', ...words]) expect(message).toContain(word);
  });

  it('is refused with every fault at once', () => {
    const message = fault(`name: x\ncurrency: eur\ntimeZone: Nowhere\ntime: { formats: [] }\n${columns}`);
    for (const place of ['currency:', 'timeZone:', 'time.formats:']) expect(message).toContain(place);
  });

  it('may leave currency, time zone and fiscal year to the settings, and says so when they are silent too', () => {
    const text = `name: my-shop\ntime: { formats: [DD.MM.YYYY] }\n${columns}`;
    const settings = { SHOP_CURRENCY: 'SEK', SHOP_TIMEZONE: 'Europe/Stockholm', SHOP_FISCAL_YEAR_START: 7 };
    expect(parseMapping(text, 'x', settings)).toMatchObject({ currency: 'SEK', timeZone: 'Europe/Stockholm', fiscalYearStart: 7 });
    expect(parseMapping(head + columns, 'x', settings)).toMatchObject({ currency: 'EUR', timeZone: 'Europe/Berlin' });
    expect(() => parseMapping(text, 'my-shop.yaml')).toThrow(/my-shop\.yaml has no currency.*SHOP_CURRENCY/);
    expect(() => parseMapping(text, 'my-shop.yaml', { SHOP_CURRENCY: 'SEK' })).toThrow(/has no timeZone.*SHOP_TIMEZONE/);
  });

  it('is refused when it is not YAML, with the line', () => {
    expect(fault('name: [a')).toMatch(/my-shop\.yaml is not YAML: .* line 1/);
  });
});

describe('loadMapping', () => {
  it('finds one that ships by its name', async () => {
    expect(await loadMapping('online-retail')).toMatchObject({ name: 'online-retail', currency: 'GBP', timeZone: 'Europe/London' });
  });

  it('reads a file by its path', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tideline-mapping-'));
    try {
      const path = join(directory, 'my-shop.yaml');
      await writeFile(path, head + columns);
      expect((await loadMapping(path)).name).toBe('my-shop');
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it.each(['nope', 'nope.yaml', '../online-retail', tmpdir()])('names those that ship when there is none called %s', async (name) => {
    await expect(loadMapping(name)).rejects.toMatchObject({
      code: 'mapping-invalid',
      message: expect.stringContaining('online-retail') as string,
    });
  });
});
