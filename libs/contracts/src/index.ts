/** The only source of what crosses a topic or the API. Browser-safe: it imports nothing but zod. */
export * from './primitives.js';
export * from './envelope.js';
export * from './topics.js';
export * from './events/alert.event.js';
export * from './events/campaign.event.js';
export * from './events/clock.event.js';
export * from './events/committed.event.js';
export * from './events/customer.event.js';
export * from './events/product.event.js';
export * from './events/return.event.js';
export * from './events/transaction.event.js';
export * from './rest/common.js';
export * from './rest/event-path.js';
export * from './rest/kpis.js';
export * from './rest/replays.js';
export * from './rest/shops.js';
export * from './realtime/rooms.js';
