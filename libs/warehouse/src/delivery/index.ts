export type { AlertLogStep, DeliveryRow, LogPlace, StoredChannel } from './delivery-log.js';
export { DeliveryChannelRepository } from './delivery-channel.repository.js';
export { DeliveryRepository, type StandingDelivery } from './delivery.repository.js';
export {
  alertStepsSql,
  deliveryBodiesSql,
  deliveryCountsSql,
  deliveryLogSql,
  deliveryPageSql,
  deliveryPlacesSql,
  deliveryStepsSql,
  waitingDeliveriesSql,
  type DeliveryFilter,
} from './delivery.sql.js';
