/** The truth to measure against, and what to measure it with. Only tests import this. */
export * from './oracle/index.js';
export * from './builders/index.js';
export * from './scenarios/index.js';
export * from './log/index.js';
export * from './compare/index.js';
export * from './stack/index.js';
export * from './world/index.js';
export { atLeast, atMost, exactly, machine, percentile, report, seen, type Measure } from './measure.js';
export { differencesFromFacts, onlineRetailFacts, onlineRetailFile } from './online-retail.js';
export * from './network/index.js';
export * from './thorough.js';
export { meeting } from './meeting.js';
export { until } from './until.js';
