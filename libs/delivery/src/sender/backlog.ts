import type { StandingDelivery } from '#warehouse';
import type { ChannelRevision } from '../channels/channel-book.js';
import { stands } from '../outbox/life.js';

/** Deliveries that go out in one attempt: one, or those of a digest. */
export interface Bundle {
  readonly channel: ChannelRevision;
  readonly deliveries: readonly StandingDelivery[];
}

/** How many deliveries of one channel are kept in memory; the rest waits in the store. Each has its own: one that is away hides no other. */
const mostKept = 5_000;
/** Attempts under way per channel: one that hangs holds up no other channel, and itself no more than it must. */
export const slotsPerChannel = 4;
const mostPerDigest = 100;

/** What waits of one shop, as far as this process knows, and what of it is on its way. */
export class Backlog {
  /** By channel and id. */
  readonly #waiting = new Map<string, Map<string, StandingDelivery>>();
  readonly #busy = new Map<string, number>();
  readonly #onTheirWay = new Set<string>();
  /** What ended since the store was last asked: an answer that was under way then says of it that it waits, and it would be sent again. */
  readonly #ended = new Map<string, StandingDelivery>();
  /** Channels of which the store has more. */
  #partial = new Set<string>();

  constructor(private readonly most = mostKept) {}

  get size(): number {
    return [...this.#waiting.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Whether the store has more of a channel, and there is room for it again. */
  get wantsMore(): boolean {
    return [...this.#partial].some((channel) => (this.#waiting.get(channel)?.size ?? 0) < this.most / 2);
  }

  /** The first `most` of each channel that wait in the store. */
  fill(deliveries: readonly StandingDelivery[], most: number): void {
    const counts = new Map<string, number>();
    for (const { channel } of deliveries) counts.set(channel, (counts.get(channel) ?? 0) + 1);
    this.#partial = new Set([...counts].flatMap(([channel, count]) => (count >= most ? [channel] : [])));
    this.take(deliveries);
  }

  /** To be told before the store is asked for what is to be taken. */
  asks(): void {
    this.#ended.clear();
  }

  /** Steps of deliveries, whoever wrote them and in any order. */
  take(rows: readonly StandingDelivery[]): void {
    const newest = new Map<string, StandingDelivery>();
    for (const row of rows) newest.set(row.id, stands(newest.get(row.id) ?? row, row));
    for (const row of newest.values()) {
      const own = this.#waiting.get(row.channel) ?? new Map<string, StandingDelivery>();
      this.#waiting.set(row.channel, own);
      const known = own.get(row.id) ?? this.#ended.get(row.id);
      if (known && stands(known, row) === known) continue;
      if (row.state !== 'waiting') {
        own.delete(row.id);
        this.#ended.set(row.id, row);
      } else if (known || own.size < this.most) own.set(row.id, row);
      else this.#partial.add(row.channel);
    }
  }

  /**
   * What is due now and has a free slot; it is on its way from then on.
   * @param now wall clock
   * @param clock shop time, by which digests go
   */
  due(channels: readonly ChannelRevision[], now: number, clock: number | null): Bundle[] {
    const bundles: Bundle[] = [];
    for (const channel of channels.filter(({ on }) => on)) {
      const mine = [...(this.#waiting.get(channel.id)?.values() ?? [])]
        .filter(({ id, nextAt }) => nextAt <= now && !this.#onTheirWay.has(id))
        .sort((a, b) => a.nextAt - b.nextAt || (a.id < b.id ? -1 : 1));
      const together = channel.kind === 'mail' && channel.mode === 'digest' ? digests(mine, clock) : mine.map((each) => [each]);
      const free = slotsPerChannel - (this.#busy.get(channel.id) ?? 0);
      for (const deliveries of together.slice(0, Math.max(0, free))) {
        for (const { id } of deliveries) this.#onTheirWay.add(id);
        this.#busy.set(channel.id, (this.#busy.get(channel.id) ?? 0) + 1);
        bundles.push({ channel, deliveries });
      }
    }
    return bundles;
  }

  /** The receiver has answered, or will not: its slot is free for another one while what came of it is written down. */
  answered({ channel }: Bundle): void {
    this.#busy.set(channel.id, (this.#busy.get(channel.id) ?? 1) - 1);
  }

  /** An attempt is over and written down, whatever came of it. */
  back({ deliveries }: Bundle): void {
    for (const { id } of deliveries) this.#onTheirWay.delete(id);
  }

  /** The next instant of the wall clock at which something is due; Infinity where nothing waits. */
  nextAt(now: number): number {
    let next = Infinity;
    for (const { id, nextAt } of this.all()) if (nextAt > now && !this.#onTheirWay.has(id)) next = Math.min(next, nextAt);
    return next;
  }

  /** How long the oldest has waited that waits for no digest. */
  oldestSeconds(now: number): number {
    let oldest = now;
    for (const { triedSince, digestAt } of this.all()) if (digestAt === 0) oldest = Math.min(oldest, triedSince);
    return (now - oldest) / 1_000;
  }

  private *all(): Generator<StandingDelivery> {
    for (const own of this.#waiting.values()) yield* own.values();
  }
}

/** Deliveries whose hour has come, by their hour; alarms wait for none. The same ones are in one mail however often it is tried. */
function digests(ready: readonly StandingDelivery[], clock: number | null): StandingDelivery[][] {
  const byHour = new Map<number, StandingDelivery[]>();
  const alone: StandingDelivery[][] = [];
  for (const delivery of ready) {
    if (delivery.about === 'alarm') alone.push([delivery]);
    else if (clock !== null && delivery.digestAt <= clock)
      byHour.set(delivery.digestAt, [...(byHour.get(delivery.digestAt) ?? []), delivery]);
  }
  const chunks = [...byHour.values()].flatMap((each) => {
    const sorted = each.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    return Array.from({ length: Math.ceil(sorted.length / mostPerDigest) }, (_, index) =>
      sorted.slice(index * mostPerDigest, (index + 1) * mostPerDigest),
    );
  });
  return [...alone, ...chunks];
}
