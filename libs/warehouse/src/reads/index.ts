export * from './kpi.reads.js';
export * from './headline.reads.js';
export * from './event.reads.js';
export * from './live.reads.js';
export * from './event-path.reads.js';
export type { KpiGrain, KpiSpan, KpiSums } from './sums.js';
