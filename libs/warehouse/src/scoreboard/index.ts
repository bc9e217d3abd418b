export { driftsKept, MarkRepository, markedMonthsSql, type Mark, type MarkedMonth, type Watched } from './mark.repository.js';
export { MarkOutcomeReads, markOutcomesSql, type OutcomeCell, type OutcomeQuery } from './mark-outcomes.reads.js';
