export { LiveAdapter, type LiveAdapterOptions } from './live.adapter.js';
export { LiveHub } from './live-hub.js';
export { RealtimeError, type RealtimeErrorCode } from './realtime.errors.js';
export { RealtimeModule } from './realtime.module.js';
