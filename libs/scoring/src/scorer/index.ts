export { ScorerModule } from './scorer.module.js';
export { ScorerService } from './scorer.service.js';
export { ScoresModule } from './scores.module.js';
export type { ScoringAlarms, ScoringClaim } from './shop-scorer.js';
export { scoredEventId } from './scored-event.js';
