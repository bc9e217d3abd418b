export { ScoringError, type ScoringErrorCode } from './scoring.errors.js';
export * from './engine/index.js';
export * from './past/index.js';
export * from './registry/index.js';
export * from './scorer/index.js';
export * from './scoreboard/index.js';
export * from './values/index.js';
