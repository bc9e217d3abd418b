export { databaseOf, isSandbox, isScored, tableOf, type ClockMode, type Shop } from './shop.js';
export { findShop, SHOP_DIRECTORY, ShopRepository, type ShopDirectory, type ShopSettings } from './shop.repository.js';
export { ShopFailures } from './shop-failures.js';
export { ShopFollower } from './shop-follower.js';
export { READ_GATE, ShopGate, whileMade, type Ground, type ReadGate, type Stamp } from './read-gate.js';
export { unknownShop, WarehouseError, type WarehouseErrorCode } from './warehouse.errors.js';
export { ledgerTables, ledgerTopics, type LedgerEnvelope, type LedgerRow, type LedgerTopic } from './ledger/ledger-tables.js';
export type { LedgerTail } from './ledger/ledger-tail.js';
export { LedgerRepository, type KeptMessage, type LedgerHead, type LedgerSpan, type LedgerTick } from './ledger/ledger.repository.js';
export { AuditRepository, type AuditFigure, type AuditSample, type AuditStretch } from './audit.repository.js';
export { Aside, dropAside } from './aside/aside.js';
export { figureTables, ledgerTable, viewTables, type ComparedTable } from './aside/figure-tables.js';
export { compareTables, type CellDifference, type Side, type TableComparison } from './aside/table-differences.js';
export { areWithin, before, between, type Position } from './positions.js';
export { RefreshRepository, type Guarded, type StepTimings } from './refresh/refresh.repository.js';
export { beats } from './beats.js';
export { digestOf } from './digest.js';
export { acquired } from './acquired.js';
export { claimOf, ClaimRepository, fencedTables, generationOf, isLost, lost, type Claim } from './claim.repository.js';
export { instantOf, newest, textOf, WatermarkRepository, type Level, type Watermark } from './watermark.repository.js';
export { FingerprintReads, fingerprintStatements, type Fingerprint, type FingerprintStatement } from './fingerprint.js';
export {
  messagesBefore,
  messagesOf,
  type ReplayEnd,
  type ReplayPlan,
  type ReplaySelection,
  type ReplayTurn,
  type ReplayTurns,
} from './replay/replay-plan.js';
export { ReplayReads, type ReplayPlace, type ReplayRow, type ReplaySurvey } from './replay/replay.reads.js';
export { ReplayRepository } from './replay/replay.repository.js';
export * from './reads/index.js';
export * from './demand/index.js';
export * from './features/index.js';
export * from './alarms/index.js';
export * from './alerts/index.js';
export * from './delivery/index.js';
export { microsOf, textOfMicros } from './micros.js';
export * from './scores/index.js';
export * from './models/index.js';
export * from './scoreboard/index.js';
export { WarehouseModule } from './warehouse.module.js';
