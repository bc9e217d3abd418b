import type { Oracle } from '../oracle/index.js';
import { expectedHeadline, expectedKpis, expectedSums, expectedViews } from './expected-derived.js';
import { expectedDimensions } from './expected-dimensions.js';
import { expectedFacts } from './expected-facts.js';
import type { ExpectedTable } from './expected-table.js';

/** Everything the warehouse must hold of a shop, table by table. */
export function expectedTables(oracle: Oracle): ExpectedTable[] {
  return [
    ...expectedFacts(oracle),
    ...expectedHeadline(oracle),
    ...expectedKpis(oracle),
    ...expectedSums(oracle),
    ...expectedDimensions(oracle),
    ...expectedViews(oracle),
  ];
}

/** Tables that follow the ledger at once; all others settle. */
export const liveTables: ReadonlySet<string> = new Set(['fact_sales', 'fact_returns', 'agg_headline']);
