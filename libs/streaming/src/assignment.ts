import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { advanced, backoff, classify, judgeElsewhere, passedOver, type Fetched, type Place } from './consumer-place.js';
import type { ConsumeSpec, IncomingBatch, IncomingMessage, PartitionBounds, StreamingLogger } from './streaming.js';

export interface Partition {
  readonly topic: string;
  readonly partition: number;
}

/** What an assignment does to the client that fetches. */
export interface Steering {
  seek(partition: Partition, offset: bigint): void;
  pause(partition: Partition): void;
  resume(partition: Partition): void;
}

export interface AssignmentParts {
  readonly spec: ConsumeSpec;
  readonly steering: Steering;
  readonly bounds: (topics: readonly string[]) => Promise<PartitionBounds[]>;
  readonly logger: StreamingLogger;
  /** Told when `settled` or `troubled` may read otherwise; with what went wrong, if something did. */
  readonly changed: (error?: unknown) => void;
}

/**
 * The partitions a group member holds from one rebalance to the next. Each is paused until its owner has said where it goes
 * on, and again while its batch is not taken: one that stands still does not hold up the others, though kafkajs waits for
 * every batch of a fetch before it fetches again.
 */
export class Assignment {
  readonly #partitions = new Map<string, Partition>();
  readonly #places = new Map<string, Place>();
  readonly #trouble = new Map<string, unknown>();
  readonly #underWay = new Map<string, Promise<unknown>>();
  /** Batches taken that are not durable yet. */
  readonly #kept = new Map<string, Set<Promise<unknown>>>();
  /** Times in a row that a batch of the partition was not taken, or lost. */
  readonly #failures = new Map<string, number>();
  readonly #stuck = new Map<string, { readonly expected: bigint; readonly since: number }>();
  /** What the broker held when it was last asked. */
  readonly #bounds = new Map<string, PartitionBounds>();
  readonly #over = new AbortController();

  constructor(
    partitions: readonly Partition[],
    private readonly parts: AssignmentParts,
  ) {
    for (const partition of partitions) this.#partitions.set(placeOf(partition), partition);
    // Every partition may wait for it.
    setMaxListeners(0, this.#over.signal);
  }

  /** Every partition has its place. */
  get positioned(): boolean {
    return this.#places.size === this.#partitions.size;
  }

  /** Some partition does not go on. */
  get troubled(): boolean {
    return this.#trouble.size > 0;
  }

  /** Next offset of every partition that has its place. */
  positions(): Map<string, Place> {
    return new Map(this.#places);
  }

  /**
   * @param former settles when no batch of the assignment before is under way: one of it may still become durable, so the
   * owner is asked only then
   */
  begin(former: Promise<unknown>): void {
    for (const partition of this.#partitions.values()) this.parts.steering.pause(partition);
    const bounds = former.then(() => this.parts.bounds([...new Set([...this.#partitions.values()].map(({ topic }) => topic))]));
    // Each partition awaits it and tries again for itself.
    bounds.catch(() => undefined);
    for (const partition of this.#partitions.values()) void this.position(partition, bounds);
  }

  /** The partitions may be another member's from now on: nothing more is handed out or sought. */
  end(): void {
    this.#over.abort();
  }

  /** Resolves when its owner is neither writing a batch nor being asked for a place. */
  async idle(): Promise<void> {
    await Promise.all([...this.#partitions.keys()].map((key) => this.quiet(key)));
  }

  /**
   * Hands a fetch to the owner if it is the next one.
   * @returns whether everything up to `fetched.last` is taken; if not, it has to be fetched again
   */
  async take(partition: Partition, fetched: Fetched, messages: readonly IncomingMessage[]): Promise<boolean> {
    const key = placeOf(partition);
    const place = this.#places.get(key);
    if (!place || this.isOver) return false;
    if (!(await this.isNext(place, fetched))) return false;
    const fresh = messages.filter(({ offset }) => offset >= place.expected);
    if (fresh.length > 0 && !(await this.hand(place, { ...partition, messages: fresh }))) return false;
    if (this.isOver || this.#places.get(key) !== place) return false;
    this.#places.set(key, advanced(place, fetched.last));
    return true;
  }

  /** kafkajs has passed over a fetch of control records or aborted messages by itself. */
  passOver(partition: Partition, first: bigint, last: bigint): void {
    const place = this.#places.get(placeOf(partition));
    if (place) this.#places.set(placeOf(partition), passedOver(place, first, last));
  }

  /**
   * Compares places with what the broker holds.
   * @param before places as they were when `bounds` was asked for: a place may have moved beyond them since
   * @returns whether some partition has had messages waiting for `stallMs` without anybody working on them
   */
  review(before: ReadonlyMap<string, Place>, bounds: readonly PartitionBounds[], stallMs: number): boolean {
    const now = performance.now();
    let stalled = false;
    for (const bound of bounds) {
      const key = placeOf(bound);
      const place = this.#places.get(key);
      const former = before.get(key);
      const seen = this.#bounds.get(key);
      this.#bounds.set(key, bound);
      if (!place || !former) continue;
      // A topic that goes back is another one, though the next offset may lie within it.
      if (seen && (bound.end < seen.end || bound.start < seen.start)) {
        this.reposition(place, 'the topic goes back');
        continue;
      }
      if (this.isBusy(key) || place.expected !== former.expected) {
        this.#stuck.delete(key);
      } else if (place.expected < bound.start || place.expected > bound.end) {
        this.reposition(place, notHeld);
      } else if (bound.end === place.expected) {
        this.#stuck.delete(key);
      } else {
        const stuck = this.#stuck.get(key);
        if (stuck?.expected !== place.expected) this.#stuck.set(key, { expected: place.expected, since: now });
        else if (now - stuck.since >= stallMs) stalled = true;
      }
    }
    return stalled;
  }

  private get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  private isBusy(key: string): boolean {
    return this.#underWay.has(key) || this.#trouble.has(key) || (this.#kept.get(key)?.size ?? 0) > 0;
  }

  private async position(partition: Partition, first?: Promise<PartitionBounds[]>): Promise<void> {
    const key = placeOf(partition);
    for (let attempt = 0; !this.isOver; attempt += 1) {
      try {
        const bounds = await (attempt === 0 && first ? first : this.parts.bounds([partition.topic]));
        const bound = bounds.find((each) => placeOf(each) === key);
        if (!bound) throw new Error(`The broker does not know ${key} yet.`);
        if (this.isOver) return;
        const expected = await this.track(key, async () => this.parts.spec.startAt(partition.topic, partition.partition, bound));
        if (this.isOver) return;
        this.#places.set(key, { ...partition, expected, sought: undefined, reached: false });
        // After a batch was lost the trouble ends when one is durable, unless it turns out that none is missing.
        if (expected >= bound.end) this.#failures.delete(key);
        if (!this.#failures.has(key)) this.#trouble.delete(key);
        this.parts.steering.seek(partition, expected);
        this.parts.steering.resume(partition);
        this.parts.changed();
        return;
      } catch (error) {
        if (this.isOver) return;
        this.#trouble.set(key, error);
        this.parts.changed(error);
        await this.pauseFor(backoff(attempt));
      }
    }
  }

  /** Owners are asked where to go on: it may be another broker that came back, or another topic. */
  askAgain(why: string): void {
    for (const place of [...this.#places.values()]) this.reposition(place, why);
  }

  /** The next offset may not be the broker's (any more): its owner says where to go on. */
  private reposition(place: Place, why: string): void {
    const partition: Partition = { topic: place.topic, partition: place.partition };
    this.parts.logger.warn({ ...partition, expected: place.expected.toString() }, `${why}, its owner is asked where to go on`);
    this.#places.delete(placeOf(place));
    this.parts.steering.pause(partition);
    void this.quiet(placeOf(place)).then(() => this.position(partition));
  }

  private async isNext(place: Place, fetched: Fetched): Promise<boolean> {
    const kind = classify(place, fetched);
    if (kind === 'next') return true;
    if (kind === 'reset') {
      this.reposition(place, 'the client was sent back');
      return false;
    }
    if (kind === 'again-elsewhere') {
      const bounds = await this.parts.bounds([place.topic]).catch(() => undefined);
      const bound = bounds?.find((each) => each.partition === place.partition);
      const verdict = bound ? judgeElsewhere(place, fetched, bound) : 'seek';
      if (this.isOver || this.#places.get(placeOf(place)) !== place) return false;
      if (verdict === 'skip') return true;
      if (verdict === 'ask') {
        this.reposition(place, notHeld);
        return false;
      }
    }
    this.#places.set(placeOf(place), { ...place, sought: place.expected });
    this.parts.steering.seek(place, place.expected);
    return false;
  }

  private async hand(place: Place, batch: IncomingBatch): Promise<boolean> {
    const key = placeOf(place);
    try {
      const kept = await this.track(key, async () => this.parts.spec.onBatch(batch));
      if (kept) this.keep(place, kept.durable);
      else this.durable(key);
      return true;
    } catch (error) {
      this.again(place, error);
      return false;
    }
  }

  /** A batch was taken before it was durable. */
  private keep(partition: Partition, durable: Promise<void>): void {
    const key = placeOf(partition);
    const all = this.#kept.get(key) ?? new Set();
    this.#kept.set(key, all);
    const settled = durable.then(
      () => {
        all.delete(settled);
        this.durable(key);
      },
      (error: unknown) => {
        all.delete(settled);
        this.again(partition, error);
      },
    );
    all.add(settled);
  }

  private durable(key: string): void {
    this.#failures.delete(key);
    if (this.#trouble.delete(key)) this.parts.changed();
  }

  /** Its owner is asked where to go on, after a while: nothing of the partition that was not durable counts as taken. */
  private again({ topic, partition }: Partition, error: unknown): void {
    const key = placeOf({ topic, partition });
    // What was taken after a batch that was lost is lost with it: the first one has seen to all.
    if (this.isOver || !this.#places.delete(key)) return;
    const { steering, logger, changed } = this.parts;
    logger.warn({ topic, partition, error: String(error) }, 'batch not taken, it comes again');
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#trouble.set(key, error);
    steering.pause({ topic, partition });
    void Promise.all([this.pauseFor(backoff(failures)), this.quiet(key)]).then(() => this.position({ topic, partition }));
    changed(error);
  }

  /** Resolves when nothing of a partition is under way. */
  private async quiet(key: string): Promise<void> {
    await Promise.allSettled([this.#underWay.get(key), ...(this.#kept.get(key) ?? [])]);
  }

  /** The owner works for one partition on one thing at a time; `idle` waits for it. */
  private async track<T>(key: string, work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#underWay.set(key, running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(key);
    }
  }

  /** Ends early when the assignment does. */
  private async pauseFor(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#over.signal }).catch(() => undefined);
  }
}

const notHeld = 'the broker does not hold the next offset';

export function placeOf({ topic, partition }: Partition): string {
  return `${topic}/${partition}`;
}
