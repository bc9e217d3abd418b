import type { Return } from '#contracts';
import { columnArrays, columnInstant, firstDuplicate, type Mapped } from './ledger-mapper.js';

/** A return's state -> `ledger_returns`. Its entity is its order where it names one, else itself. */
export function mapReturn(state: Return): Mapped {
  const refundedAt = state.status === 'refunded' ? state.refundedAt : undefined;
  return {
    subject: state.returnId,
    entityId: state.orderId ? `o:${state.orderId}` : `r:${state.returnId}`,
    revision: state.revision,
    happenedAt: refundedAt === undefined ? [] : [refundedAt],
    currency: state.currency,
    duplicateLine: firstDuplicate(state.lines.map((line) => line.line)),
    values: [
      state.returnId,
      state.orderId ?? '',
      state.customerId ?? '',
      refundedAt === undefined ? 0 : 1,
      columnInstant(refundedAt ?? '1970-01-01T00:00:00.000Z'),
      ...columnArrays(state.lines, [
        (line) => line.line,
        (line) => line.orderLine ?? 0,
        (line) => line.productId ?? '',
        (line) => line.quantity,
        (line) => line.amount,
        (line) => line.reason ?? '',
      ]),
    ],
  };
}
