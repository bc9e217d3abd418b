export { AlertsError, type AlertsErrorCode } from './alerts.errors.js';
export { AlertsOwnerModule, AlertsReadModule } from './alerts.module.js';
export { AlertsService } from './owner/alerts.service.js';
export { ShopOwner, type OwnerParts } from './owner/shop-owner.js';
export { lifeCycle, refusalCodes, type RefusalCode } from './life-cycle/life-cycle.js';
