import type { Order, OrderLine, ReturnLine } from '#contracts';
import { anOrder, aReturn, type TestMessage } from '../builders/index.js';
import type { Random } from './random.js';

/** What the stories of a shop draw from. */
export interface Shelf {
  readonly currency: string;
  /** Milliseconds since 1970. */
  readonly instants: readonly number[];
  readonly customers: readonly string[];
  readonly products: readonly string[];
  readonly campaigns: readonly string[];
}

/** A message is known to the shop by then, so that none lies ahead of its time. */
const known = { recordedtime: '2023-12-30T12:00:00Z' };

/** The life of one order and of its returns, in the order in which it was lived. Index and count make ids and neighbours. */
export function orderStory(random: Random, shelf: Shelf, index: number, count: number): TestMessage[] {
  const orderId = `o${index}`;
  const first: Partial<Order> = {
    orderId,
    currency: shelf.currency,
    orderedAt: instant(random, shelf),
    customerId: someCustomer(random, shelf),
    ...someAttributes(random, shelf),
    ...(random.chance(0.3) ? { discount: someMoney(random, 3) } : {}),
    ...(random.chance(0.3) ? { shipping: '3.95', tax: someMoney(random, 2) } : {}),
    lines: someLines(random, shelf),
  };
  const states = [first, ...random.pick(orderTurns)(random, shelf, first)];
  const orders = states.map((state, step) => anOrder({ revision: step + 1, ...state }, { id: `${orderId}-${step}`, ...known }));
  return withReturns(random, shelf, index, count, first, orders);
}

type Turn = (random: Random, shelf: Shelf, first: Partial<Order>) => Partial<Order>[];

/** What may become of an order: the states after the first. */
const orderTurns: readonly Turn[] = [
  () => [],
  () => [],
  (random, shelf, first) => [{ ...first, lines: someLines(random, shelf) }],
  (_, __, first) => [{ ...first, lines: (first.lines ?? []).slice(0, 1) }],
  // Away and back: neither place may keep a trace of the other.
  (random, shelf, first) => [{ ...first, orderedAt: instant(random, shelf) }, first],
  (random, shelf, first) => [{ ...first, orderedAt: instant(random, shelf), lines: (first.lines ?? []).slice(0, 1) }],
  (random, shelf, first) => [
    { ...first, customerId: someCustomer(random, shelf) },
    { ...first, customerId: someCustomer(random, shelf) },
  ],
  (random, shelf, first) => [{ ...first, customerId: someCustomer(random, shelf), orderedAt: instant(random, shelf) }, first],
  (random, shelf, first) => [{ ...first, ...someAttributes(random, shelf) }],
  (_, __, first) => [{ ...first, status: 'cancelled' }],
  (random, shelf, first) => [{ ...first, status: 'cancelled', customerId: someCustomer(random, shelf) }],
  (random, shelf, first) => [
    { ...first, status: 'cancelled' },
    { ...first, lines: someLines(random, shelf) },
  ],
  // Two contents of one revision; and once a live one against a cancelled one.
  (random, shelf, first) => [{ ...first, revision: 1, lines: someLines(random, shelf), orderedAt: instant(random, shelf) }],
  (_, __, first) => [{ ...first, revision: 1, status: 'cancelled' }],
  // Revisions may leap, and come out of turn.
  (random, shelf, first) => [
    { ...first, revision: 9, orderedAt: instant(random, shelf) },
    { ...first, revision: 4, status: 'cancelled' },
  ],
];

function withReturns(
  random: Random,
  shelf: Shelf,
  index: number,
  count: number,
  order: Partial<Order>,
  orders: TestMessage[],
): TestMessage[] {
  const orderId = `o${index}`;
  const base = { returnId: `r${index}`, currency: shelf.currency, orderId, customerId: order.customerId ?? null };
  const refund = (revision: number, change: Parameters<typeof aReturn>[0] = {}) =>
    aReturn(
      { ...base, revision, refundedAt: instant(random, shelf), lines: someReturnLines(random, shelf), ...change },
      { id: `r${index}-${revision}`, ...known },
    );
  const ask = (revision: number, change: Parameters<typeof aReturn>[0] = {}) => refund(revision, { status: 'requested', ...change });
  const neighbour = `o${random.whole(1, count)}`;

  switch (random.whole(1, 16)) {
    case 1:
      return [...orders, ask(1), refund(2)];
    case 2:
      return [refund(1), ...orders];
    case 3:
      return [...orders, ask(1)];
    case 4:
      return [...orders, refund(1, { orderId: neighbour }), refund(2)];
    case 5:
      return [...orders, refund(1), refund(2, { orderId: neighbour }), refund(3)];
    case 6:
      return [...orders, refund(1), ask(2)];
    case 7:
      return [...orders, refund(1, { orderId: null }), refund(1, { orderId: null })];
    case 8:
      return [...orders, refund(1, { orderId: null }), refund(2)];
    case 9:
      return [...orders, refund(1), refund(2, { orderId: `never-${index}`, customerId: someCustomer(random, shelf) })];
    case 10:
      return [...orders, refund(1), refund(2), refund(3, { lines: [{ line: 7, quantity: 1, amount: '0' }] })];
    default:
      return orders;
  }
}

function instant(random: Random, shelf: Shelf): string {
  return new Date(random.pick(shelf.instants)).toISOString();
}

/** Null is a guest. */
export function someCustomer(random: Random, shelf: Shelf): string | null {
  return random.chance(0.2) ? null : random.pick(shelf.customers);
}

export function someAttributes(random: Random, shelf: Shelf): Partial<Order> {
  return {
    paymentMethod: random.pick(['card', 'invoice', null]),
    channel: random.pick(['web', 'store']),
    country: random.pick(['United Kingdom', 'France', "Côte d'Ivoire", null]),
    region: random.pick(['North', 'South', null]),
    city: random.pick(['Newtown', 'Łódź', null]),
    campaignId: random.chance(0.3) ? random.pick(shelf.campaigns) : null,
  };
}

export function someLines(random: Random, shelf: Shelf): OrderLine[] {
  // Line numbers need not start at 1 nor be in order; one product may stand on several lines.
  const numbers = random.shuffled([1, 2, 3, 5]).slice(0, random.whole(1, 4));
  return numbers.map((line) => ({
    line,
    productId: random.chance(0.1) ? null : random.pick(shelf.products),
    quantity: random.pick([1, 1, 2, 12, 80_995]),
    unitPrice: random.pick(['0', '0.001', '1.955', '19.99', '123456789012.123456']),
    ...(random.chance(0.3) ? { discount: someMoney(random, 2) } : {}),
    ...(random.chance(0.3) ? { unitCost: '0.333333' } : {}),
  }));
}

export function someReturnLines(random: Random, shelf: Shelf): ReturnLine[] {
  return random
    .shuffled([1, 2, 4])
    .slice(0, random.whole(1, 3))
    .map((line) => ({
      line,
      quantity: 1,
      amount: someMoney(random, 3),
      // Some name a line that the order does not have, or has no longer.
      ...(random.chance(0.7) ? { orderLine: random.whole(1, 6) } : {}),
      ...(random.chance(0.5) ? { productId: random.pick(shelf.products) } : {}),
      ...(random.chance(0.5) ? { reason: 'damaged' } : {}),
    }));
}

function someMoney(random: Random, digits: number): string {
  return `${random.whole(0, 30)}.${String(random.whole(0, 10 ** digits - 1)).padStart(digits, '0')}`;
}
