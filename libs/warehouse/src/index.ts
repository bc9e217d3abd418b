export { databaseOf, tableOf, type ClockMode, type Shop } from './shop.js';
export { SHOP_DIRECTORY, ShopRepository, type ShopDirectory, type ShopSettings } from './shop.repository.js';
export { READ_GATE, ShopGate, type ReadGate, type Stamp } from './read-gate.js';
export { WarehouseError, type WarehouseErrorCode } from './warehouse.errors.js';
export { columnsOf, ledgerTables, ledgerTopics, type LedgerEnvelope, type LedgerTopic } from './ledger/ledger-tables.js';
export { LedgerRepository, type LedgerHead, type LedgerRow, type LedgerSpan } from './ledger/ledger.repository.js';
export { between, type Position } from './positions.js';
export { RefreshRepository, type StepTimings } from './refresh/refresh.repository.js';
export { instantOf, textOf, WatermarkRepository, type Watermark } from './watermark.repository.js';
