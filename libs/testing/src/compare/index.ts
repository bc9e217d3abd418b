export { compareWarehouse, type CompareOptions } from './compare-warehouse.js';
export { compareOracles } from './compare-oracles.js';
export { describeDifferences, type Difference } from './difference.js';
export { openShop, ShopRun } from './shop-run.js';
export { cellChange, corruptCell, loseRow, plantOrphan, type CorruptCell } from './corrupt.js';
