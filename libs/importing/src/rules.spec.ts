import { describe, expect, it } from 'vitest';
import { parseMapping } from './mapping.js';
import { compileRules } from './rules.js';

const header = ['id', 'kind', 'quantity'];

/** What the rules make of a row: the class, or the reason of a rejection. */
function verdict(rules: string, row: readonly string[], numbers = '{}'): string | undefined {
  const mapping = parseMapping(
    `{ name: t, currency: GBP, timeZone: UTC, columns: { document: id, time: kind, price: quantity }, time: { formats: [YYYY] }, numbers: ${numbers}, rows: ${rules} }`,
    'test.yaml',
  );
  const rule = compileRules(mapping, header)(row);
  return rule?.class === 'reject' ? rule.reason : rule?.class;
}

/** Whether one test on the column `kind` holds. */
const holds = (test: string, text: string): boolean => verdict(`[{ class: sale, when: { kind: ${test} } }]`, ['1', text, '1']) === 'sale';

describe('rules', () => {
  it('take the first that fits', () => {
    const rules = `[{ class: return, when: { id: { startsWith: C } } }, { class: reject, reason: none, when: { quantity: { lte: 0 } } }, { class: sale }]`;
    expect(verdict(rules, ['C1', '', '-1'])).toBe('return');
    expect(verdict(rules, ['1', '', '-1'])).toBe('none');
    expect(verdict(rules, ['1', '', '1'])).toBe('sale');
  });

  it('fit no row when none does', () => {
    expect(verdict(`[{ class: sale, when: { id: { equals: x } } }]`, ['1', '', '1'])).toBeUndefined();
  });

  it('need every column and every test of one rule to hold', () => {
    const rules = `[{ class: sale, when: { id: { startsWith: A, endsWith: Z }, quantity: { gt: 0, lt: 10 } } }]`;
    expect(verdict(rules, ['A1Z', '', '5'])).toBe('sale');
    expect(verdict(rules, ['A1', '', '5'])).toBeUndefined();
    expect(verdict(rules, ['A1Z', '', '10'])).toBeUndefined();
  });

  it.each([
    ['{ equals: paid }', 'paid', true],
    ['{ equals: paid }', 'Paid', false],
    ['{ equals: 7 }', '7', true],
    ['{ equals: 7 }', '07', false],
    ['{ in: [paid, shipped] }', 'shipped', true],
    ['{ in: [paid, shipped] }', 'open', false],
    ['{ startsWith: C }', 'C536379', true],
    ['{ startsWith: C }', '536379C', false],
    ['{ endsWith: C }', '536379C', true],
    [`{ matches: '^[0-9]{6}$' }`, '536379', true],
    [`{ matches: '^[0-9]{6}$' }`, '5363791', false],
    ['{ empty: true }', '  ', true],
    ['{ empty: true }', 'x', false],
    ['{ empty: false }', 'x', true],
    ['{ equals: paid, not: true }', 'open', true],
    ['{ equals: paid, not: true }', 'paid', false],
  ])('%s on %j is %s', (test, text, expected) => {
    expect(holds(test, text)).toBe(expected);
  });

  it.each([
    ['{ lte: 0 }', '0', true],
    ['{ lte: 0 }', '-0.000001', true],
    ['{ lte: 0 }', '0.000001', false],
    ['{ lt: 0 }', '0.00', false],
    ['{ gte: 0.3 }', '0.3', true],
    ['{ gt: 0.3 }', '0.30', false],
    // As floats these two are one number.
    ["{ gt: '900719925474.099267' }", '900719925474.099268', true],
    ["{ lt: '900719925474.099268' }", '900719925474.099268', false],
  ])('%s on %j is %s, exactly', (test, text, expected) => {
    expect(holds(test, text)).toBe(expected);
  });

  it('let no comparison fit what is no number', () => {
    for (const test of ['{ lt: 5 }', '{ gt: -5 }', '{ lte: 5 }', '{ gte: -5 }']) expect(holds(test, 'five')).toBe(false);
    expect(holds('{ lt: 5 }', '')).toBe(false);
  });

  it("read numbers the file's way", () => {
    expect(verdict(`[{ class: sale, when: { quantity: { gt: 1000.4 } } }]`, ['1', '', '1.000,5'], `{ decimal: ',', thousands: '.' }`)).toBe(
      'sale',
    );
  });

  it('read a row that is too short as empty', () => {
    expect(verdict(`[{ class: sale, when: { quantity: { empty: true } } }]`, ['1'])).toBe('sale');
  });
});
