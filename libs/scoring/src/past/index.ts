export { PastScoresModule } from './past-scores.module.js';
export { PastScores, type OpenedPast, type PastScore, type PastScoresParts, type PastSpan } from './past-scores.js';
