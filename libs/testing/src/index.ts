/** The truth to measure against, and what to measure it with. Only tests import this. */
export * from './oracle/index.js';
export { compareWarehouse, type CompareOptions } from './compare/compare-warehouse.js';
export { compareOracles } from './compare/compare-oracles.js';
export { describeDifferences, type Difference } from './compare/difference.js';
