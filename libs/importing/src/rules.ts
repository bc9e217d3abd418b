import { decimalReader, parseDecimal, type Micros } from './decimal.js';
import type { ColumnTest, Mapping, RowRule } from './mapping.js';

/** A row as the reader gives it: one text per column. */
export type Row = readonly string[];

/**
 * Compiles the rules of a mapping for one header.
 * @returns the first rule that fits a row, or undefined when none does
 */
export function compileRules(mapping: Mapping, header: readonly string[]): (row: Row) => RowRule | undefined {
  const decimal = decimalReader(mapping.numbers);
  const compiled = mapping.rows.map((rule) => ({
    rule,
    tests: Object.entries(rule.when ?? {}).map(([column, test]) => ({ index: header.indexOf(column), holds: compileTest(test, decimal) })),
  }));
  return (row) => compiled.find(({ tests }) => tests.every(({ index, holds }) => holds((row[index] ?? '').trim())))?.rule;
}

function compileTest(test: ColumnTest, decimal: (text: string) => Micros | undefined): (text: string) => boolean {
  const checks: ((text: string) => boolean)[] = [];
  const { equals, startsWith, endsWith, matches, empty } = test;
  if (equals !== undefined) checks.push((text) => text === equals);
  if (test.in !== undefined) {
    const allowed = new Set(test.in);
    checks.push((text) => allowed.has(text));
  }
  if (startsWith !== undefined) checks.push((text) => text.startsWith(startsWith));
  if (endsWith !== undefined) checks.push((text) => text.endsWith(endsWith));
  if (matches !== undefined) {
    const pattern = new RegExp(matches, 'u');
    checks.push((text) => pattern.test(text));
  }
  if (empty !== undefined) checks.push((text) => (text.trim() === '') === empty);
  const compare = (limit: string | undefined, holds: (a: bigint, b: bigint) => boolean): void => {
    if (limit === undefined) return;
    const bound = parseDecimal(limit) ?? 0n;
    // What is no number fits no comparison: the row goes on to the next rule and is rejected for its own fault.
    checks.push((text) => {
      const value = decimal(text);
      return value !== undefined && holds(value, bound);
    });
  };
  compare(test.gt, (a, b) => a > b);
  compare(test.gte, (a, b) => a >= b);
  compare(test.lt, (a, b) => a < b);
  compare(test.lte, (a, b) => a <= b);
  return test.not === true ? (text) => !checks.every((check) => check(text)) : (text) => checks.every((check) => check(text));
}
