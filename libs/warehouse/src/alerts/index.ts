export type { AlertLogRow, AlertPlace, StoredPartition } from './alert-log.js';
export { AlertLogRepository } from './alert-log.repository.js';
export { alertCustomersSql, AlertCustomerReads, type KnownCustomer } from './alert-customers.reads.js';
export {
  alertCountsSql,
  alertLogSql,
  alertPageSql,
  alertOutcomeSql,
  AlertReads,
  suppressionCountsSql,
  suppressionPageSql,
  type AlertFilter,
  type AlertLogLine,
  type AlertPage,
  type AlertPagePlace,
  type DeadLetterLine,
  type PageOf,
  type SuppressionFilter,
  type SuppressionLine,
} from './alert.reads.js';
export { alertEffectSql, AlertEffectReads, type EffectGroup } from './alert-effect.reads.js';
export { AlertRuleRepository, type StoredRule } from './alert-rule.repository.js';
export {
  AlertBacktestReads,
  churnBaseSql,
  ordersSinceSql,
  toldSinceSql,
  type ChurnBase,
  type ChurnBaseQuery,
} from './alert-backtest.reads.js';
