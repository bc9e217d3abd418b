export { deliveryConfig } from './delivery.config.js';
export { DeliveryError, type DeliveryErrorCode } from './delivery.errors.js';
export { AlarmOutboxModule, DeliveryModule, DeliveryReadModule } from './delivery.module.js';
export { deliveryLife } from './outbox/life.js';
export { refusalOf, signatureOf, toleranceSeconds, type ReceivedDelivery } from './send/signature.js';
export { DeliveryService } from './sender/delivery.service.js';
export type { DeliveryClaim } from './sender/shop-sender.js';
