import type { OutgoingMessage } from '#streaming';
import { anOrder } from '#testing';

/** Orders of a synthetic shop: the n-th is the same on each run. */
export interface LoadShape {
  /** Prefix of order ids, so that two loads of one shop do not meet. */
  readonly name: string;
  /** Orders that fall into one second of shop time. */
  readonly perSecond: number;
  /** Unix milliseconds of the first order. */
  readonly from: number;
  readonly customers: number;
}

/** An order of one line. */
export interface LoadOrder {
  readonly orderId: string;
  readonly customerId: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly country: string;
  readonly payment: string;
  readonly productId: string;
  readonly quantity: number;
  readonly cents: number;
}

export const countries = ['DE', 'FR', 'GB', 'IT', 'ES', 'NL', 'PL', 'SE', 'AT', 'BE', 'DK', 'CH'] as const;
export const payments = ['card', 'paypal', 'wallet', 'transfer'] as const;

export function loadOrder(shape: LoadShape, number: number): LoadOrder {
  const mixed = mix(number);
  return {
    orderId: `${shape.name}${number}`,
    customerId: `c${mixed % shape.customers}`,
    at: shape.from + Math.floor((number * 1_000) / shape.perSecond),
    country: countries[mixed % countries.length] ?? 'DE',
    payment: payments[(mixed >>> 8) % payments.length] ?? 'card',
    productId: `p${(mixed >>> 4) % 1_000}`,
    quantity: 1 + (mixed % 3),
    cents: 100 + (mixed % 20_000),
  };
}

/** The order as it goes to the broker, some 430 bytes. */
export function outgoing(order: LoadOrder): OutgoingMessage {
  const { orderId, customerId, country, payment, productId, quantity } = order;
  const unitPrice = `${Math.floor(order.cents / 100)}.${String(order.cents % 100).padStart(2, '0')}`;
  const { key, value } = anOrder(
    {
      ...{ orderId, customerId, country, paymentMethod: payment, currency: 'EUR', orderedAt: new Date(order.at).toISOString() },
      lines: [{ line: 1, productId, quantity, unitPrice }],
    },
    { id: `e${orderId}`, source: '/load' },
  );
  return { key, value };
}

/** 32 bits that look random (the finaliser of MurmurHash3): a bijection, so no two numbers give the same. */
function mix(number: number): number {
  let bits = number | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
