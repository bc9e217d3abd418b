import type { Order } from '#contracts';
import { instantText } from '../law/calendar.js';
import type { Stream } from '../random/stream.js';
import type { WorldEvent } from '../world/event-maker.js';
import { customerId, moneyText } from '../world/ids.js';

/** An event in its parts. */
export interface Parts {
  id: string;
  type: string;
  subject: string;
  time: string;
  recordedtime: string;
  data: Record<string, unknown>;
}

/** A later revision of an order, or an invented return of it; `at` is when it is recorded. */
export function eventOf(
  base: Parts,
  topic: WorldEvent['topic'],
  key: string,
  at: number,
  parts: Omit<Parts, 'time' | 'recordedtime'>,
): WorldEvent {
  const time = instantText(at);
  return { at, topic, key, value: JSON.stringify({ ...base, ...parts, time, recordedtime: time }) };
}

/** The order with another time, customer or amount. A customer that is named exists: it registered before this one. */
export function corrected(order: Order, random: Stream): Order {
  const what = random.below(3);
  if (what === 0) {
    const back = Math.floor(random.exponential(36 * 3_600)) + 1;
    return { ...order, orderedAt: instantText(Date.parse(order.orderedAt) - back * 1_000) };
  }
  const index = Number(order.customerId?.slice(1)) - 1;
  if (what === 1 && index > 0) return { ...order, customerId: customerId(random.below(index)) };
  return {
    ...order,
    lines: order.lines.map((line) => ({
      ...line,
      unitPrice: moneyText(1 + Math.floor(Number(line.unitPrice) * 100 * (0.5 + random.uniform()))),
    })),
  };
}

/** What a contract refuses, made of a good message: each kind for a reason of its own. */
export function poisonOf(value: string, random: Stream): string {
  const kinds: ((text: string) => string)[] = [
    (text) => text.slice(0, text.length >> 1),
    () => 'not json at all',
    (text) => text.replace(/"type":"[^"]*"/, '"type":"tideline.nothing.known.v9"'),
    (text) => text.replace(/"subject":"[^"]*"/, '"subject":"somebody else"'),
    (text) => text.replace(/"revision":\d+/, '"revision":-1'),
    (text) => text.replace(/"recordedtime":"[^"]*"/, '"recordedtime":"2020-01-01T00:00:00Z"'),
  ];
  return random.pick(kinds)(value);
}
