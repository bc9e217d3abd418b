import type { Oracle } from '../oracle/index.js';
import { expectedKpis, expectedSums, expectedViews } from './expected-derived.js';
import { expectedDimensions } from './expected-dimensions.js';
import { expectedFacts } from './expected-facts.js';
import type { ExpectedTable } from './expected-table.js';

/** Everything the warehouse must hold of a shop, table by table. */
export function expectedTables(oracle: Oracle): ExpectedTable[] {
  return [
    ...expectedFacts(oracle),
    ...expectedKpis(oracle),
    ...expectedSums(oracle),
    ...expectedDimensions(oracle),
    ...expectedViews(oracle),
  ];
}
