import type { Order, Return, ReturnLine } from '#contracts';
import { micros, type Micros } from './money.js';
import type { Versions } from './winners.js';

/** What an order says about where it came from; '' where it does not say. */
export interface Attributes {
  readonly payment: string;
  readonly channel: string;
  readonly country: string;
  readonly region: string;
  readonly city: string;
  readonly campaign: string;
}

export interface SaleLine {
  readonly line: number;
  readonly product: string;
  readonly quantity: bigint;
  readonly unitPrice: Micros;
  readonly gross: Micros;
  readonly discount: Micros;
  readonly unitCost: Micros | null;
}

/** An order that counts. */
export interface Sale {
  readonly orderId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** '' for a guest. */
  readonly customer: string;
  readonly attributes: Attributes;
  /** On the order as a whole; not contained in the lines. */
  readonly orderDiscount: Micros;
  readonly shipping: Micros;
  readonly tax: Micros;
  readonly lines: readonly SaleLine[];
  /** A refund of it counts, of whatever amount. */
  readonly returned: boolean;
}

/** The date a refund counts at: the day the money went back, or the day of the order. */
export const conventions = ['refund-date', 'order-date'] as const;
export type Convention = (typeof conventions)[number];

/** One returned line that counts. */
export interface Refund {
  readonly returnId: string;
  readonly line: number;
  readonly orderId: string;
  readonly orderKnown: boolean;
  /** Where it stands under each convention, milliseconds since 1970. Without a known order both are the refund's. */
  readonly at: Readonly<Record<Convention, number>>;
  readonly customer: string;
  readonly product: string;
  readonly quantity: bigint;
  readonly amount: Micros;
  readonly reason: string;
  readonly attributes: Attributes;
}

/** A refund of a cancelled order: it counts nowhere, but it is shown. */
export interface LeftOut {
  readonly returnId: string;
  readonly orderId: string;
  readonly amount: Micros;
}

/** What counts: everything else is computed from these. */
export interface Book {
  readonly sales: readonly Sale[];
  readonly refunds: readonly Refund[];
  readonly leftOut: readonly LeftOut[];
}

/** Gross sales of an order. */
export function grossOf(sale: Sale): Micros {
  return sale.lines.reduce((sum, line) => sum + line.gross, 0n);
}

/** Discounts of an order: on its lines, and once on the order as a whole. */
export function discountsOf(sale: Sale): Micros {
  return sale.lines.reduce((sum, line) => sum + line.discount, sale.orderDiscount);
}

/** Units of an order. What comes back later does not reduce them. */
export function unitsOf(sale: Sale): bigint {
  return sale.lines.reduce((sum, line) => sum + line.quantity, 0n);
}

/** Writes the book from all accepted versions. */
export function keepBook(versions: Versions): Book {
  const orders = versions.winners('order');
  const refunds: Refund[] = [];
  const leftOut: LeftOut[] = [];
  const returnedOrders = new Set<string>();

  for (const state of versions.winners('return').values()) {
    if (state.status !== 'refunded') continue;
    const order = state.orderId ? orders.get(state.orderId) : undefined;
    if (order?.status === 'cancelled') {
      leftOut.push({
        returnId: state.returnId,
        orderId: order.orderId,
        amount: state.lines.reduce((sum, line) => sum + micros(line.amount), 0n),
      });
      continue;
    }
    if (order) returnedOrders.add(order.orderId);
    for (const line of state.lines) refunds.push(refundOf(state, line, order));
  }

  const sales = [...orders.values()]
    .filter((order) => order.status === 'placed')
    .map((order) => saleOf(order, returnedOrders.has(order.orderId)));
  return { sales, refunds, leftOut };
}

function saleOf(order: Order, returned: boolean): Sale {
  return {
    orderId: order.orderId,
    at: Date.parse(order.orderedAt),
    customer: order.customerId ?? '',
    attributes: attributesOf(order),
    orderDiscount: micros(order.discount),
    shipping: micros(order.shipping),
    tax: micros(order.tax),
    returned,
    lines: order.lines.map((line) => ({
      line: line.line,
      product: line.productId ?? '',
      quantity: BigInt(line.quantity),
      unitPrice: micros(line.unitPrice),
      gross: BigInt(line.quantity) * micros(line.unitPrice),
      discount: micros(line.discount),
      unitCost: line.unitCost == null ? null : micros(line.unitCost),
    })),
  };
}

/** The order knows best who bought and what; only without it does the return's own word count. */
function refundOf(state: Return & { status: 'refunded' }, line: ReturnLine, order: Order | undefined): Refund {
  const refundedAt = Date.parse(state.refundedAt);
  const orderLine = order?.lines.find((each) => each.line === line.orderLine);
  return {
    returnId: state.returnId,
    line: line.line,
    orderId: state.orderId ?? '',
    orderKnown: order !== undefined,
    at: { 'refund-date': refundedAt, 'order-date': order ? Date.parse(order.orderedAt) : refundedAt },
    customer: (order ?? state).customerId ?? '',
    product: orderLine?.productId ?? line.productId ?? '',
    quantity: BigInt(line.quantity),
    amount: micros(line.amount),
    reason: line.reason ?? '',
    attributes: attributesOf(order),
  };
}

function attributesOf(order: Order | undefined): Attributes {
  return {
    payment: order?.paymentMethod ?? '',
    channel: order?.channel ?? '',
    country: order?.country ?? '',
    region: order?.region ?? '',
    city: order?.city ?? '',
    campaign: order?.campaignId ?? '',
  };
}
