export { effectiveSize, type Cluster } from './clusters.js';
export { studentQuantile } from './student.js';
export { welchInterval, type Interval, type Sample } from './welch.js';
export { wilsonInterval } from './wilson.js';
