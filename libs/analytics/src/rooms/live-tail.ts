import { instantOf, secondOf, type LiveStretch, type LiveEvent, type LiveReads, type Shop } from '#warehouse';

/** The newest events of a shop, up to a watermark. */
export interface Tail {
  /** Newest first by arrival, at most 200. */
  readonly events: readonly LiveEvent[];
  /** Unix milliseconds at which the newest of them reached the ledger; null before the first. */
  readonly newestAt: number | null;
  /** Orders that arrived in the last sixty real seconds. */
  readonly ordersPerRealMinute: number;
}

interface Kept {
  readonly generation: bigint;
  /** `transactions.v1/0` -> place up to which events are in. */
  readonly places: ReadonlyMap<string, { readonly epoch: number; readonly next: bigint }>;
  readonly events: readonly LiveEvent[];
  readonly arrivals: ReadonlyMap<number, number>;
}

/** As many as the feed can be asked for. */
const keptEvents = 200;
/** Of a step that is longer only the newest of each partition are read as events, and arrivals are counted by the engine. */
const longestStep = 500n;
const windowSeconds = 60;
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

  /** @param stamp of the figures beside which the events are shown */
  async at(shop: Shop, stamp: { generation: string; watermark: Readonly<Record<string, string>> }): Promise<Tail> {
    const former = this.#shops.get(shop.shop);
    const next = this.follow(shop, former, stamp);
    this.#shops.set(shop.shop, next);
    // What failed is not kept: the next one starts where the former one stood.
    next.catch(() => {
      if (this.#shops.get(shop.shop) !== next) return;
      if (former) this.#shops.set(shop.shop, former);
      else this.#shops.delete(shop.shop);
    });
    const { events, arrivals } = await next;
    const since = this.now() / 1000 - windowSeconds;
    let orders = 0;
    for (const [second, count] of arrivals) if (second >= since) orders += count;
    const [newest] = events;
    return { events, newestAt: newest ? instantOf(newest.ingested_at).getTime() : null, ordersPerRealMinute: orders };
  }

  private async follow(shop: Shop, former: Promise<Kept> | undefined, stamp: Parameters<LiveTail['at']>[1]): Promise<Kept> {
    const before = await former?.catch(() => undefined);
    const generation = BigInt(stamp.generation);
    if (before && before.generation >= generation) return before;
    const places = new Map(before?.places);
    const stretches: LiveStretch[] = [];
    let long = before === undefined;
    for (const [name, text] of Object.entries(stamp.watermark)) {
      const topic = topics.find((each) => name.startsWith(`${each}/`));
      if (!topic) continue;
      const [epoch = 0, end = 0n] = [Number(text.split(':')[0]), BigInt(text.split(':')[1] ?? 0)];
      const known = places.get(name);
      const start = known?.epoch === epoch ? known.next : 0n;
      places.set(name, { epoch, next: end });
      if (start >= end) continue;
      long ||= end - start > longestStep;
      const from = end - start > longestStep ? end - longestStep : start;
      stretches.push({ topic, partition: Number(name.slice(topic.length + 1)), epoch, from, to: end });
    }
    if (before && stretches.length === 0) return { ...before, generation, places };
    const since = Math.floor(this.now() / 1000) - windowSeconds;
    const [events, counted] = await Promise.all([
      this.reads.events(shop, stretches),
      long ? this.reads.arrivals(shop, new Date(since * 1000)) : undefined,
    ]);
    return {
      generation,
      places,
      events: [...events, ...(before?.events ?? [])].slice(0, keptEvents),
      arrivals: counted ?? added(before?.arrivals ?? new Map<number, number>(), events, since),
    };
  }
}

function added(before: ReadonlyMap<number, number>, events: readonly LiveEvent[], since: number): Map<number, number> {
  const arrivals = new Map([...before].filter(([second]) => second >= since));
  for (const { type, ingested_at } of events) {
    if (type !== 'tideline.transaction.placed.v1') continue;
    const second = secondOf(ingested_at);
    arrivals.set(second, (arrivals.get(second) ?? 0) + 1);
  }
  return arrivals;
}
