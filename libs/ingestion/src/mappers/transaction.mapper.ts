import type { Order } from '#contracts';
import { columnArrays, columnInstant, firstDuplicate, type Mapped } from './ledger-mapper.js';

/** An order's state -> `ledger_transactions`. What is absent becomes the column's empty value, never NULL. */
export function mapTransaction(order: Order): Mapped {
  return {
    subject: order.orderId,
    entityId: `o:${order.orderId}`,
    revision: order.revision,
    happenedAt: [order.orderedAt],
    currency: order.currency,
    duplicateLine: firstDuplicate(order.lines.map((line) => line.line)),
    values: [
      order.orderId,
      columnInstant(order.orderedAt),
      order.status === 'cancelled' ? 1 : 0,
      order.customerId ?? '',
      order.paymentMethod ?? '',
      order.channel ?? '',
      order.country ?? '',
      order.region ?? '',
      order.city ?? '',
      order.campaignId ?? '',
      order.discount ?? '0',
      order.shipping ?? '0',
      order.tax ?? '0',
      ...columnArrays(order.lines, [
        (line) => line.line,
        (line) => line.productId ?? '',
        (line) => line.quantity,
        (line) => line.unitPrice,
        (line) => line.discount ?? '0',
        (line) => line.unitCost ?? null,
      ]),
    ],
  };
}
