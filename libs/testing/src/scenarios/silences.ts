import { anOrder, aReturn, rewritten, type TestMessage } from '../builders/index.js';
import { Random } from './random.js';

const day = 86_400_000;
const start = Date.parse('2024-01-01T09:00:00Z');

/** An instant, in days since the scenario's first morning. */
function at(days: number): string {
  return new Date(start + Math.round(days * day)).toISOString();
}

/** @param known when the shop knew it; of a later revision also when that happened */
function order(orderId: string, customerId: string, days: number, change: Parameters<typeof anOrder>[0] = {}, known = days): TestMessage {
  const state = { orderId, customerId, orderedAt: at(days), ...change };
  return anOrder(state, { recordedtime: at(known), ...(change.revision ? { time: at(known) } : {}) });
}

/** Forty customers, one to six orders each, over half a year. */
function history(): TestMessage[] {
  const all: { at: number; message: TestMessage }[] = [];
  for (let customer = 0; customer < 40; customer += 1) {
    for (let turn = 0; turn < 1 + (customer % 6); turn += 1) {
      const days = ((customer * 13) % 90) + turn * (9 + (customer % 11));
      all.push({ at: days, message: order(`h${customer}-${turn}`, `c${customer}`, days) });
    }
  }
  return all.sort((a, b) => a.at - b.at).map(({ message }) => message);
}

/** What is sent, in order; a tick names where the topics end when it is its turn. */
export type SilenceScript = (TestMessage | { readonly tick: string })[];

/** Half a year more: orders, some of them soon after another one or told late, corrections, cancellations, refunds, and ticks of hours and of weeks. */
function ahead(seed: number, until = 330): SilenceScript {
  const random = new Random(seed);
  const script: { at: number; item: SilenceScript[number] }[] = [];
  const add = (days: number, item: SilenceScript[number]): void => void script.push({ at: days, item });
  for (let n = 0, days = 180.1; days < until; n += 1, days += 0.2 + random.next() * 2.4) {
    const customer = `c${Math.floor(random.next() * 44)}`;
    const id = `a${n}`;
    add(days, order(id, customer, days));
    if (random.chance(0.3)) add(days + 0.02, order(`${id}b`, customer, days + 0.02));
    if (random.chance(0.25)) {
      // Placed and cancelled in one and the same millisecond.
      const both = days + 0.03;
      add(both, order(`${id}x`, customer, both));
      add(both, order(`${id}x`, customer, both, { revision: 2, status: 'cancelled' }, both));
    }
    if (random.chance(0.25)) {
      const known = days + random.next() * 20;
      add(known, order(id, customer, days - 1, { revision: 2, ...(random.chance(0.4) ? { status: 'cancelled' as const } : {}) }, known));
    }
    if (random.chance(0.2)) {
      const known = days + 1 + random.next() * 9;
      const refund = { returnId: `r${n}`, orderId: id, customerId: customer, refundedAt: at(known) };
      add(known, aReturn(refund, { time: at(known), recordedtime: at(known) }));
    }
    if (random.chance(0.1)) {
      const known = days + 1 + random.next() * 12;
      // The end stays the end.
      if (known < until) add(known, order(`${id}l`, customer, days + 0.04, {}, known));
    }
  }
  for (let days = 181; days < until; days += random.pick([0.3, 1, 6, 21])) add(days, { tick: at(days) });
  add(until, { tick: at(until) });
  return script.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

/** The same with some messages a second time, in the same bytes or in others, at once or behind others and their ticks. The end stays the end. */
function repeated(seed: number, script: SilenceScript): SilenceScript {
  const random = new Random(seed);
  const copies = script.flatMap((item, place) => {
    if ('tick' in item || !random.chance(0.25)) return [];
    const again = Math.min(place + random.next() * 20, script.length - 1.5);
    return [{ place: again, item: random.chance(0.5) ? item : rewritten(item) }];
  });
  const all = [...script.map((item, place) => ({ place, item })), ...copies];
  return all.sort((a, b) => a.place - b.place).map(({ item }) => item);
}

/** Customers who order, and fall silent: half a year of history (a tick belongs behind it, day 180), and what comes after. */
export const silences = { at, order, history, ahead, repeated };
