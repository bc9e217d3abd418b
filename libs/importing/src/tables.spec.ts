import { describe, expect, it } from 'vitest';
import { parseMapping } from './mapping.js';
import { TableCollector } from './tables.js';
import type { TableName } from './tables.schema.js';

const fields = {
  returns: ['id', 'amount', 'refundedAt', 'requestedAt', 'order', 'customer'],
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
