export { advance } from './advance.js';
export { bandOf, churnBands, type Band } from './bands.js';
export type { Refused } from './check-rows.js';
export { daysAhead, type Crossing } from './crossing-search.js';
export { nextCrossings, type Silent } from './crossing.js';
export type { EngineManifest, EngineValueManifest } from './manifest.js';
export { openModel, type ScoringModel, type Scores } from './model.js';
export { mostReasons, reasonsOf, type Reason } from './reasons.js';
export { openValueModel, type ValueModel, type Values } from './value-model.js';
