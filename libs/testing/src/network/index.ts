export { FaultProxy, type Counts } from './fault-proxy.js';
export type { NetworkFault } from './line.js';
