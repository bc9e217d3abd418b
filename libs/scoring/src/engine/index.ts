export { advance } from './advance.js';
export { bandOf, churnBands, type Band } from './bands.js';
export type { Refused } from './check-rows.js';
export { nextCrossings, type Crossing, type Silent } from './crossing.js';
export type { EngineManifest } from './manifest.js';
export { openModel, type ScoringModel, type Scores } from './model.js';
export { reasonsOf, type Reason } from './reasons.js';
