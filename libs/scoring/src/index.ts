export { ScoringError, type ScoringErrorCode } from './scoring.errors.js';
export * from './engine/index.js';
