import { describe, expect, it } from 'vitest';
import { parseMapping } from './mapping.js';
import { TableCollector } from './tables.js';
import type { TableName } from './tables.schema.js';

const fields = {
  returns: ['id', 'amount', 'refundedAt', 'requestedAt', 'order', 'customer'],
  campaigns: ['id', 'name', 'startsAt', 'date', 'spend', 'impressions', 'clicks'],
} as const;

/** Collects rows of one table; its columns are called like its fields. */
function collect(table: keyof typeof fields & TableName, rows: readonly (readonly string[])[]) {
  const header = fields[table];
  const mapping = parseMapping(
    `name: t\ncurrency: EUR\ntimeZone: Europe/Berlin\ntime: { formats: [D.M.YYYY] }
columns: { document: document, time: time, price: price }
tables: { ${table}: { ${header.map((each) => `${each}: ${each}`).join(', ')} } }\n`,
    'test.yaml',
  );
  const collector = new TableCollector(mapping);
  const reasons = rows.map((row) => collector.add(table, header, row));
  return { reasons, entries: [...collector.entries[table].values()] };
}

describe('rows of one return', () => {
  const first = ['R1', '5', '2.1.2024', '1.1.2024', 'O1', 'C1'];

  it('are its lines', () => {
    const { reasons, entries } = collect('returns', [first, ['R1', '7', ...first.slice(2)]]);
    expect(reasons).toEqual([undefined, undefined]);
    expect(entries).toMatchObject([
      {
        type: 'tideline.return.refunded.v1',
        data: {
          lines: [
            { line: 1, amount: '5' },
            { line: 2, amount: '7' },
          ],
        },
      },
    ]);
  });

  it.each([
    ['refundedAt', ['R1', '7', '', '1.1.2024', 'O1', 'C1']],
    ['refundedAt', ['R1', '7', '3.1.2024', '1.1.2024', 'O1', 'C1']],
    ['requestedAt', ['R1', '7', '2.1.2024', '', 'O1', 'C1']],
    ['order', ['R1', '7', '2.1.2024', '1.1.2024', 'O2', 'C1']],
    ['customer', ['R1', '7', '2.1.2024', '1.1.2024', 'O1', '']],
  ])('may not have another %s: %j would decide about the line before', (field, row) => {
    const alone = collect('returns', [first]).entries;
    expect(collect('returns', [first, row])).toEqual({
      reasons: [undefined, `returns: another ${field} than the first row of its return`],
      entries: alone,
    });
  });
});

describe('a row of a campaign', () => {
  const row = (date: string, { name = 'Spring', clicks = '3' } = {}) => ['c', name, '1.3.2024', date, '1', '2', clicks];
  const dates = (entries: ReturnType<typeof collect>['entries']) => entries.flatMap(({ data }) => data['date'] ?? []);

  it('has its day in a format of the mapping, or as YYYY-MM-DD', () => {
    const { reasons, entries } = collect('campaigns', [row('31.3.2024'), row('2024-04-01')]);
    expect(reasons).toEqual([undefined, undefined]);
    expect(dates(entries)).toEqual(['2024-03-31', '2024-04-01']);
    expect(entries.map(({ subject }) => subject)).toEqual(['c', 'c/2024-03-31', 'c/2024-04-01']);
  });

  it.each(['31.2.2024', '2024-02-30', '3/31/2024'])('is rejected for the day %s', (date) => {
    expect(collect('campaigns', [row(date)])).toEqual({
      reasons: ['campaigns: date is not in a format of the mapping, nor YYYY-MM-DD'],
      entries: [],
    });
  });

  it('that is rejected for its day says nothing of the campaign either', () => {
    const alone = collect('campaigns', [row('31.3.2024')]).entries;
    const { reasons, entries } = collect('campaigns', [row('31.3.2024'), row('1.4.2024', { name: 'Autumn', clicks: '-3' })]);
    expect(reasons).toEqual([undefined, expect.stringMatching(/^campaigns: clicks: /)]);
    expect(entries).toEqual(alone);
  });
});
