import { describe, expect, it } from 'vitest';
import { DocumentCollector, type RejectedRow } from './documents.js';
import { parseMapping } from './mapping.js';

const header = ['id', 'at', 'who', 'sku', 'name', 'quantity', 'price', 'land', 'kind'];
const columns =
  '{ document: id, time: at, customer: who, product: sku, productName: name, quantity: quantity, price: price, country: land }';
const defaults = { id: '1', at: '2011-01-01 10:00', who: 'c', sku: 'p', name: 'Pen', quantity: '2', price: '2.50', land: 'UK', kind: '' };
type Fields = Partial<typeof defaults>;

/** Collects rows, each given by what differs from the default one. */
function collect(rows: readonly Fields[], { mapped = columns, more = '' } = {}) {
  const mapping = parseMapping(
    `name: t\ncurrency: GBP\ntimeZone: UTC\ntime: { formats: [YYYY-MM-DD HH:mm] }\ncolumns: ${mapped}\nrows: [{ class: return, when: { kind: { equals: R } } }, { class: sale }]\n${more}`,
    'test.yaml',
  );
  const rejects: RejectedRow[] = [];
  const collector = new DocumentCollector(mapping, (row) => rejects.push(row));
  collector.useHeader(header, 'test.csv');
  rows.forEach((fields, index) => collector.add(Object.values({ ...defaults, ...fields }), index + 2));
  return { collector, rejects, documents: [...collector.documents.values()] };
}

const reasonOf = (fields: Fields, options?: Parameters<typeof collect>[1]): string | undefined =>
  collect([fields], options).rejects[0]?.reason;

describe('rows of one document', () => {
  it('are its lines in the order of the file, however far apart they stand', () => {
    const { documents } = collect([{ sku: 'a' }, { id: '2', sku: 'b' }, { sku: 'c' }]);
    expect(documents.map(({ id, lines }) => [id, lines.map(({ product }) => product)])).toEqual([
      ['1', ['a', 'c']],
      ['2', ['b']],
    ]);
  });

  it('stay separate lines when they repeat', () => {
    expect(collect([{}, {}]).documents[0]?.lines).toHaveLength(2);
  });

  it('give it the earliest of their times', () => {
    const { documents } = collect([{ at: '2011-01-01 10:01' }, { at: '2011-01-01 10:00' }, { at: '2011-01-01 10:02' }]);
    expect(documents[0]?.at).toBe(Date.UTC(2011, 0, 1, 10, 0));
  });

  it('of a sale and of a return are two documents, even under one number', () => {
    expect(collect([{}, { kind: 'R' }]).documents.map(({ kind }) => kind)).toEqual(['sale', 'return']);
  });

  it('may not change the customer', () => {
    expect(collect([{}, { who: 'd' }]).rejects).toMatchObject([{ row: 3, reason: 'another customer than the first row of its document' }]);
  });

  it('may not change the order that came back, nor leave it out', () => {
    const mapped = columns.replace('country: land', 'order: land');
    const { documents, rejects } = collect(
      ['A', 'B', '', 'A'].map((land) => ({ kind: 'R', land })),
      { mapped },
    );
    const reason = 'another order than the first row of its document';
    expect(rejects).toMatchObject([
      { row: 3, reason },
      { row: 4, reason },
    ]);
    expect(documents).toMatchObject([{ order: 'A', lines: [{}, {}] }]);
    // The column speaks of returns only.
    expect(collect([{ land: 'A' }, { land: 'B' }], { mapped }).rejects).toEqual([]);
  });

  it('take ids as text: 007 and 7 are two, case and inner blanks count, outer blanks do not', () => {
    const { documents } = collect([{ id: '007' }, { id: '7' }, { id: 'a' }, { id: 'A' }, { id: ' 7 ' }, { id: 'a b' }]);
    expect(documents.map(({ id }) => id)).toEqual(['007', '7', 'a', 'A', 'a b']);
  });
});

describe('a row', () => {
  it('of a return counts without its sign', () => {
    expect(collect([{ kind: 'R', quantity: '-3' }]).documents[0]?.lines[0]).toMatchObject({ quantity: 3, price: 2_500_000n });
  });

  it('may lack customer and product', () => {
    const { documents, collector } = collect([{ who: '', sku: '' }]);
    expect(documents[0]).toMatchObject({ customer: '', lines: [{ product: '' }] });
    expect([collector.products.size, collector.customers.size]).toEqual([0, 0]);
  });

  it('without a quantity column is one unit', () => {
    expect(collect([{}], { mapped: columns.replace('quantity: quantity, ', '') }).documents[0]?.lines[0]?.quantity).toBe(1);
  });

  it('with an amount instead of a price is one unit of that price', () => {
    const mapped = '{ document: id, time: at, amount: price }';
    expect(collect([{ price: '12.345' }], { mapped }).documents[0]?.lines[0]).toMatchObject({ quantity: 1, price: 12_345_000n });
    expect(collect([{ price: '-12.345', kind: 'R' }], { mapped }).documents[0]?.lines[0]).toMatchObject({
      quantity: 1,
      price: 12_345_000n,
    });
  });

  it('may take a constant for a column', () => {
    expect(collect([{}], { mapped: columns.replace('country: land', 'country: { constant: Malta }') }).documents[0]?.country).toBe('Malta');
  });

  it('may carry discount, cost, shipping and tax', () => {
    const { documents } = collect([{ name: '0.5', who: '1.25', land: '3', sku: '0' }], {
      mapped:
        '{ document: id, time: at, price: price, discount: name, unitCost: who, shipping: land, tax: sku, orderDiscount: { constant: "2" } }',
    });
    expect(documents[0]).toMatchObject({ shipping: 3_000_000n, tax: 0n, orderDiscount: 2_000_000n });
    expect(documents[0]?.lines[0]).toMatchObject({ discount: 500_000n, unitCost: 1_250_000n });
  });

  it.each<[string, Fields]>([
    ['document id is missing or not plain text', { id: '  ' }],
    ['document id is missing or not plain text', { id: 'a\tb' }],
    ['document id is missing or not plain text', { id: 'x'.repeat(201) }],
    ['time is not in a format of the mapping', { at: '01.01.2011' }],
    ['time is not in a format of the mapping', { at: '2011-02-30 10:00' }],
    ['quantity is not a whole number', { quantity: '1.5' }],
    ['quantity is not a whole number', { quantity: '' }],
    ['quantity is not a whole number', { quantity: 'six' }],
    ['quantity is not a whole number', { quantity: '2147483648' }],
    ['quantity is zero', { quantity: '0' }],
    ['price is not a number of at most six decimals', { price: '' }],
    ['price is not a number of at most six decimals', { price: '1.0000001' }],
    ['price is not a number of at most six decimals', { price: '2,50' }],
    ['price is negative', { price: '-0.01' }],
    ['amount is too large', { price: '999999999999', quantity: '2' }],
    ['product or customer id is not plain text', { sku: 'x'.repeat(201) }],
    ['product or customer id is not plain text', { who: 'a\u0007' }],
  ])('is rejected: %s (%j)', (reason, fields) => {
    expect(reasonOf(fields)).toBe(reason);
  });

  it('that is rejected is counted, told with its place and leaves nothing behind', () => {
    const { collector, rejects } = collect([{ quantity: '0' }, { id: '2' }, { id: '3', quantity: '0', sku: 'gone', who: 'gone' }]);
    expect(Object.fromEntries(collector.rejected)).toEqual({ 'quantity is zero': 2 });
    expect(rejects.map(({ row }) => row)).toEqual([2, 4]);
    expect([collector.rows, collector.sales, collector.returns]).toEqual([3, 1, 0]);
    expect([[...collector.documents.keys()], [...collector.products.keys()], [...collector.customers.keys()]]).toEqual([
      ['sale 2'],
      ['p'],
      ['c'],
    ]);
  });

  it('of zero price may be a sale or a return: the rules decide', () => {
    expect(collect([{ price: '0' }, { price: '0', kind: 'R' }]).rejects).toEqual([]);
  });
});

describe('the header', () => {
  it('must have every column of the mapping', () => {
    const collector = new DocumentCollector(
      parseMapping(
        `{ name: t, currency: GBP, timeZone: UTC, time: { formats: [YYYY] }, columns: { document: a, time: b, price: c } }`,
        'm',
      ),
      () => undefined,
    );
    expect(() => collector.useHeader(['a', 'x'], 'shop.csv')).toThrow(
      expect.objectContaining({
        code: 'columns-missing',
        message: expect.stringMatching(/shop\.csv has no column b, c.*has: a, x/) as string,
      }) as Error,
    );
  });
});

describe('what is known of a product', () => {
  const nameOf = (rows: readonly Fields[]): string | undefined => collect(rows).collector.products.get('p')?.name.text;
  const early = '2011-01-01 10:00';
  const late = '2011-02-01 10:00';

  it('is its latest name that is not empty, whatever the order of rows', () => {
    const rows = [
      { at: early, name: 'old' },
      { at: late, name: 'new' },
      { at: '2011-03-01 10:00', name: ' ' },
    ].map((row, index) => ({ ...row, id: String(index) }));
    for (const order of [rows, rows.toReversed(), [rows[1], rows[2], rows[0]]]) expect(nameOf(order as Fields[])).toBe('new');
  });

  it('is the later in the alphabet of two names at one instant', () => {
    expect(nameOf([{ name: 'a' }, { name: 'b' }])).toBe('b');
    expect(nameOf([{ name: 'b' }, { name: 'a' }])).toBe('b');
  });

  it('returns to a name that comes back', () => {
    expect(
      nameOf([
        { at: early, name: 'a' },
        { id: '2', at: '2011-01-15 10:00', name: 'b' },
        { id: '3', at: late, name: 'a' },
      ]),
    ).toBe('a');
  });

  it('is the latest category, subcategory and brand that is not empty, each by itself', () => {
    const mapped = columns.replace(' }', ', category: kind, brand: land }');
    const rows = [
      { at: late, kind: 'Pens', land: '' },
      { id: '2', at: early, kind: 'Ink', land: 'Quill' },
      { id: '3', at: '2011-03-01 10:00', kind: '', land: '' },
    ];
    for (const order of [rows, rows.toReversed()]) {
      const known = collect(order, { mapped }).collector.products.get('p');
      expect([known?.category.text, known?.subcategory.text, known?.brand.text]).toEqual(['Pens', '', 'Quill']);
    }
  });

  it('begins with its first row by time', () => {
    expect(collect([{ id: '2', at: late }, { at: early }]).collector.products.get('p')?.firstAt).toBe(Date.UTC(2011, 0, 1, 10));
  });
});

describe('what is known of a customer', () => {
  it('is the country of the latest row and the time of the first, whatever the order of rows', () => {
    const rows = [
      { id: '1', at: '2011-01-01 10:00', land: 'Malta' },
      { id: '2', at: '2011-02-01 10:00', land: 'Cyprus' },
    ];
    for (const order of [rows, rows.toReversed()])
      expect(collect(order).collector.customers.get('c')).toMatchObject({ country: { text: 'Cyprus' }, firstAt: Date.UTC(2011, 0, 1, 10) });
  });
});
