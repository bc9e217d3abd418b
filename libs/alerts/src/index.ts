export { AlertsError, type AlertsErrorCode } from './alerts.errors.js';
export { AlertsOwnerModule, AlertsReadModule } from './alerts.module.js';
export { BacktestModule } from './backtest/backtest.module.js';
export { BacktestService, type BacktestParts } from './backtest/backtest.service.js';
export { PAST_SCORES, type OpenedPast, type PastScores } from './backtest/past-scores.js';
export { AlertsService } from './owner/alerts.service.js';
export { ShopOwner, type OwnerParts } from './owner/shop-owner.js';
export { RuleBook } from './rules/rules.js';
