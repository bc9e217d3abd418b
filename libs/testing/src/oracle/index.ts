export { foldOracle, type Oracle } from './oracle.js';
export {
  subjectOf,
  verdictReasons,
  type KeptTopic,
  type OracleMessage,
  type OracleShop,
  type Statement,
  type Verdict,
  type VerdictReason,
} from './verdict.js';
export { conventions, type Attributes, type Book, type Convention, type LeftOut, type Refund, type Sale, type SaleLine } from './book.js';
export { dimensions, grainsOf, KpiRows, KpiTable, orderLevelMember, type Dimension, type KpiRow } from './kpi.js';
export { LocalTime, storedBucket, storedGrains, storedInstant, type Grain, type StoredGrain } from './local-time.js';
export { micros, moneyText, storedMoney, type Micros } from './money.js';
export type { BreakdownBy, BreakdownRow, SeriesPoint, Summary } from './answers.js';
export type { Figures, PeriodQuery } from './period.js';
export type { CampaignDayFigures } from './campaigns.js';
export type { CohortCell } from './cohorts.js';
export type { CustomerFigures } from './customers.js';
export type { DimensionRows, Dimensions } from './dimensions.js';
export type { RfmScore, SegmentFlow } from './rfm.js';
export { contentHash } from './winners.js';
export { featuresAt, messagesKnownAt, type OracleMbg } from './features.js';
