export { customerMomentsSql, stakeDays, type CustomerMoment, type MomentsQuery } from './customer-moments.js';
export { winnerOf, type KnownVersion, type OrderVersion, type ReturnVersion } from './known-versions.js';
export { LedgerVersionReads } from './ledger-versions.reads.js';
export { MomentReads } from './moment.reads.js';
export type { MomentFeatures } from './moment-rows.js';
export { keyOf, liesBefore, lowerOf, scoredPositions, scoredTopics, type Place } from './place.js';
export type { HeldBand, ScoreDecision, ScoreRole, ScorerState, Standing } from './score-rows.js';
export { isMove, ScoreRepository, type ScoreBatch, type ScorerStart, type StoredMove } from './score.repository.js';
export { customerScoreSql, ScoreReads, scoresSummarySql, type BandCount, type ScoresSummary } from './score.reads.js';
