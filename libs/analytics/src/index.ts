export { AnalyticsModule } from './analytics.module.js';
export { AnalyticsError, type AnalyticsErrorCode } from './analytics.errors.js';
export { EventPathService } from './event-path.service.js';
export { KpiService } from './kpi.service.js';
export { amountText, ratioText, toMicros } from './money.js';
