import {
  instantOf,
  orderPlaced,
  secondOf,
  type LiveStretch,
  type LiveEvent,
  type LiveReads,
  type OrderArrival,
  type Shop,
} from '#warehouse';
import { Arrivals, paceSeconds, recordedSince, shopTimeOf, type ShopTime } from './pace.js';

/** The newest events of a shop, up to a watermark. */
export interface Tail {
  /** Newest first by arrival, at most 200. */
  readonly events: readonly LiveEvent[];
  /** Unix milliseconds at which the newest of them reached the ledger; null before the first. */
  readonly newestAt: number | null;
  readonly ordersPerRealMinute: number | null;
}

/** Of the figures beside which the events are shown. */
export interface TailStamp {
  readonly generation: string;
  /** The shop's clock as an ISO instant. */
  readonly clock: string | null;
  readonly watermark: Readonly<Record<string, string>>;
}

interface Kept {
  readonly generation: bigint;
  /** Place up to which ticks of the shop's source are in. */
  readonly tick: string | undefined;
  /** That the newest of them told. */
  readonly speed: number | null;
  readonly time: ShopTime | null;
  /** `transactions.v1/0` -> place up to which events are in. */
  readonly places: ReadonlyMap<string, { readonly epoch: number; readonly next: bigint }>;
  readonly events: readonly LiveEvent[];
  readonly arrivals: Arrivals;
}

/** As many as the feed can be asked for. */
const keptEvents = 200;
/** Of a longer stretch of a partition only so many are read as events; more than are kept, for not every message is one. */
const newestRead = 500n;
const topics = ['transactions.v1', 'returns.v1'] as const;

/**
 * Follows the ends of a shop's orders and returns: each generation reads only what came since the one before, by the ledger's
 * key, once for all rooms that show it.
 */
export class LiveTail {
  readonly #shops = new Map<string, Promise<Kept>>();

  constructor(
    private readonly reads: LiveReads,
    private readonly now: () => number = Date.now,
  ) {}

  async at(shop: Shop, stamp: TailStamp): Promise<Tail> {
    const former = this.#shops.get(shop.database);
    const next = this.follow(shop, former, stamp);
    this.#shops.set(shop.database, next);
    // What failed is not kept: the next one starts where the former one stood.
    next.catch(() => {
      if (this.#shops.get(shop.database) !== next) return;
      if (former) this.#shops.set(shop.database, former);
      else this.#shops.delete(shop.database);
    });
    const { events, arrivals, speed } = await next;
    const [newest] = events;
    return {
      events,
      newestAt: newest ? instantOf(newest.ingested_at).getTime() : null,
      ordersPerRealMinute: arrivals.perRealMinute(shopTimeOf(shop.clockMode, stamp.clock, speed, this.now()), this.now()),
    };
  }

  private async follow(shop: Shop, former: Promise<Kept> | undefined, stamp: TailStamp): Promise<Kept> {
    const before = await former?.catch(() => undefined);
    const generation = BigInt(stamp.generation);
    if (before && before.generation >= generation) return before;
    const places = new Map(before?.places);
    // Of a long stretch only the newest are read as events; of the others it is enough to know when they came.
    const [newest, others]: [LiveStretch[], LiveStretch[]] = [[], []];
    let anew = before === undefined;
    for (const [name, text] of Object.entries(stamp.watermark)) {
      const topic = topics.find((each) => name.startsWith(`${each}/`));
      if (!topic) continue;
      const [epoch = 0, end = 0n] = [Number(text.split(':')[0]), BigInt(text.split(':')[1] ?? 0)];
      const known = places.get(name);
      const start = known?.epoch === epoch ? known.next : 0n;
      // What the epoch before ended with was not read.
      anew ||= known !== undefined && known.epoch !== epoch;
      places.set(name, { epoch, next: end });
      if (start >= end) continue;
      const stretch = { topic, partition: Number(name.slice(topic.length + 1)), epoch };
      const from = end - start > newestRead ? end - newestRead : start;
      newest.push({ ...stretch, from, to: end });
      if (from > start) others.push({ ...stretch, from: start, to: from });
    }
    const tick = stamp.watermark['clock.v1/0'];
    const told = shop.clockMode === 'source' && tick !== before?.tick;
    const speed = told ? await this.reads.speed(shop, tick) : (before?.speed ?? null);
    const time = shopTimeOf(shop.clockMode, stamp.clock, speed, this.now());
    // What came while the shop had no time was not kept.
    anew ||= before?.time === null && time !== null;
    if (before && newest.length === 0 && !anew) return { ...before, generation, places, tick, speed, time };
    const [events, counted] = await Promise.all([
      this.reads.events(shop, newest),
      time && (anew || others.length > 0) ? this.counted(shop, time, anew ? undefined : others) : [],
    ]);
    // Those of before are added to: nothing can fail from here on.
    const arrivals = anew || !time || !before ? new Arrivals() : before.arrivals;
    return {
      ...{ generation, tick, speed, time, places },
      events: [...events, ...(before?.events ?? [])].slice(0, keptEvents),
      arrivals: time ? arrivals.add([...counted, ...ordersOf(events)], time, this.now()) : arrivals,
    };
  }

  /** @param stretches all that there is, where none are named */
  private counted(shop: Shop, time: ShopTime, stretches?: readonly LiveStretch[]): Promise<OrderArrival[]> {
    const since = new Date(Math.floor(this.now() / 1_000 - paceSeconds) * 1_000);
    return this.reads.arrivals(shop, since, new Date(recordedSince(time)), stretches);
  }
}

function ordersOf(events: readonly LiveEvent[]): OrderArrival[] {
  return events
    .filter(({ type }) => type === orderPlaced)
    .map(({ entity, ingested_at, recorded_time }) => ({
      order: entity,
      second: secondOf(ingested_at),
      recorded: instantOf(recorded_time).getTime(),
    }));
}
