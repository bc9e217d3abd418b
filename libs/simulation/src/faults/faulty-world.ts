import type { Order } from '#contracts';
import { dayMs, dayOf, instantText } from '../law/calendar.js';
import { Stream } from '../random/stream.js';
import type { WorldEvent } from '../world/event-maker.js';
import type { World } from '../world/world.js';
import { faultNames, type FaultName, type FaultRates } from './fault-rates.js';
import { corrected, eventOf, poisonOf, type Parts } from './order-faults.js';

/** An event as it arrives. `at` is when: a late one lies behind others that were recorded after it. */
export interface FaultyEvent extends WorldEvent {
  /** What befell it; undefined: nothing. */
  readonly fault: FaultName | undefined;
  /** False of poison: a fold over the valid ones is what every figure must show. */
  readonly valid: boolean;
}

/** Nothing comes later than this after the event that it is about. */
const longest = 2 * dayMs;
const hour = 3_600_000;

/**
 * A world whose events go wrong on the way. What befalls an event follows from the seed and its id alone, so this too is the
 * same from any instant on. Most faults change no figure; corrections, cancellations and invented returns do, as events do.
 */
export class FaultyWorld {
  readonly start: number;
  readonly end: number;
  readonly source: string;
  readonly identity: string;

  constructor(
    private readonly world: World,
    private readonly rates: FaultRates,
  ) {
    this.start = world.start;
    this.end = world.end;
    const faults = faultNames.filter((name) => rates[name] !== 0).map((name) => `${name}=${rates[name]}`);
    // Its events say so: where the cursor is lost, the topics alone tell whose they are.
    this.source = faults.length === 0 ? world.source : `${world.source}?${faults.join('&')}`;
    this.identity = faults.length === 0 ? world.identity : `${world.identity}, ${this.source}`;
  }

  /** Everything that arrives before the end of the history. */
  *history(): Generator<FaultyEvent, void, undefined> {
    for (const event of this.after(this.start - 1)) {
      if (event.at >= this.end) return;
      yield event;
    }
  }

  /** Everything that arrives after an instant, in that order: the same as an uninterrupted run gives from there on. */
  *after(instant: number): Generator<FaultyEvent, void, undefined> {
    const waiting = new Map<number, FaultyEvent[]>();
    let today: number | undefined;
    for (const plain of this.world.after(instant - longest)) {
      const event = this.named(plain);
      const day = dayOf(event.at);
      // Nothing of a day comes once an event of a later one has.
      for (today ??= day; today < day; today += 1) yield* arrivals(waiting, today, instant);
      for (const arrival of this.befall(event)) {
        const those = waiting.get(dayOf(arrival.at));
        if (those) those.push(arrival);
        else waiting.set(dayOf(arrival.at), [arrival]);
      }
    }
    for (const day of [...waiting.keys()].sort((a, b) => a - b)) yield* arrivals(waiting, day, instant);
  }

  private named(event: WorldEvent): WorldEvent {
    if (this.source === this.world.source) return event;
    return { ...event, value: event.value.replace(`"source":"${this.world.source}"`, `"source":"${this.source}"`) };
  }

  /** What arrives because of one event. */
  private befall(event: WorldEvent): FaultyEvent[] {
    const { rates } = this;
    const id = event.value.slice(0, 200).match(/"id":"([^"]+)"/)?.[1] ?? '';
    const random = new Stream(this.world.seed, 'fault', hashOf(id));
    // Each is drawn whether it strikes or not: another rate of one fault moves no other.
    const [late, outOfOrder, duplicate, poison, correction, cancellation, returnFirst] = [0, 1, 2, 3, 4, 5, 6].map(() => random.uniform());
    const strikes = (name: FaultName, draw = 1): boolean => draw < rates[name];
    const found: FaultyEvent[] = [];
    const isOrder = event.topic === 'transactions.v1';

    let arrived: FaultyEvent = { ...event, fault: undefined, valid: true };
    if (isOrder && strikes('returnsFirst', returnFirst)) {
      found.push({ ...inventedReturn(event), fault: 'returnsFirst', valid: true });
      arrived = { ...recordedAt(event, event.at + hour), fault: 'returnsFirst', valid: true };
    } else if (strikes('late', late)) {
      arrived = {
        ...recordedAt(event, event.at + wholeSeconds(Math.min(random.exponential(6 * hour), dayMs))),
        fault: 'late',
        valid: true,
      };
    } else if (strikes('outOfOrder', outOfOrder)) {
      arrived = { ...event, at: event.at + 1_000 * (1 + random.below(600)), fault: 'outOfOrder', valid: true };
    }
    found.push(arrived);
    if (strikes('duplicates', duplicate))
      found.push({ ...arrived, at: arrived.at + wholeSeconds(random.uniform() * (longest - dayMs)), fault: 'duplicates' });
    if (strikes('poison', poison)) found.push({ ...event, value: poisonOf(event.value, random), fault: 'poison', valid: false });
    if (isOrder) found.push(...revisions(event, random, strikes('corrections', correction), strikes('cancellations', cancellation)));
    return found;
  }
}

function* arrivals(waiting: Map<number, FaultyEvent[]>, day: number, after: number): Generator<FaultyEvent, void, undefined> {
  const those = waiting.get(day) ?? [];
  waiting.delete(day);
  for (const event of those.sort((a, b) => a.at - b.at)) if (event.at > after) yield event;
}

function revisions(event: WorldEvent, random: Stream, correct: boolean, cancel: boolean): FaultyEvent[] {
  if (!correct && !cancel) return [];
  const base = JSON.parse(event.value) as Parts & { data: Order };
  const found: FaultyEvent[] = [];
  let order = base.data;
  const add = (fault: FaultName, type: string, at: number): void => {
    const parts = { id: `transactions/${order.orderId}/${order.revision}`, type, subject: order.orderId, data: order };
    found.push({ ...eventOf(base, event.topic, order.customerId ?? order.orderId, at, parts), fault, valid: true });
  };
  if (correct) {
    order = { ...corrected(order, random), revision: order.revision + 1 };
    add('corrections', 'tideline.transaction.corrected.v1', event.at + hour + wholeSeconds(random.uniform() * (dayMs - hour)));
  }
  if (cancel) {
    order = { ...order, revision: order.revision + 1, status: 'cancelled' };
    add('cancellations', 'tideline.transaction.cancelled.v1', event.at + dayMs + wholeSeconds(random.uniform() * dayMs));
  }
  return found;
}

/** A refund of the order's first line, half an hour before the shop knows the order. */
function inventedReturn(event: WorldEvent): WorldEvent {
  const base = JSON.parse(event.value) as Parts & { data: Order };
  const { orderId, customerId, currency, lines } = base.data;
  const [first] = lines;
  const at = event.at + hour / 2;
  const returnId = `RX-${orderId}`;
  const data = {
    returnId,
    revision: 1,
    status: 'refunded',
    refundedAt: instantText(at),
    orderId,
    customerId,
    currency,
    lines: [
      { line: 1, orderLine: 1, productId: first?.productId ?? null, quantity: 1, amount: first?.unitPrice ?? '0', reason: 'arrived late' },
    ],
  };
  const parts = { id: `returns/${returnId}/1`, type: 'tideline.return.refunded.v1', subject: returnId, data };
  return eventOf(base, 'returns.v1', customerId ?? returnId, at, parts);
}

/** The same event, of which the shop learns later. */
function recordedAt(event: WorldEvent, at: number): WorldEvent {
  return { ...event, at, value: event.value.replace(/"recordedtime":"[^"]*"/, `"recordedtime":"${instantText(at)}"`) };
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
