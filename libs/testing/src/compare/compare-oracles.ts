import type { Oracle } from '../oracle/index.js';
import { differencesIn, type Difference } from './difference.js';
import { expectedTables } from './expected-tables.js';

/** Where a second set of messages leads to other cells than a first. Empty: the two mean the same. */
export function compareOracles(expected: Oracle, actual: Oracle): Difference[] {
  const actualTables = expectedTables(actual);
  return expectedTables(expected).flatMap((table, index) => differencesIn(table, actualTables[index]?.rows() ?? []));
}
