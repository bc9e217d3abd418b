import type { RealClock } from '#clock';
import { topicOf } from '#contracts';
import { messageOf, type IntakeFeed } from '#ingestion';
import type { IncomingMessage, Kept } from '#streaming';
import { ledgerTopics, type LedgerTopic, type ReplayPlace, type ReplayPlan, type ReplayRow, type ReplayTurns } from '#warehouse';
import { setImmediate as breathe } from 'node:timers/promises';
import { ReplayError } from '../replay.errors.js';
import { DrivenPace } from './driven-pace.js';
import { ReplaySource, type ReadPage } from './replay-source.js';
import { placeName, reachedBy, tickMessage, tickPlace } from './replay-tick.js';

/** Messages that are taken at a time: one insert per topic, and a short stretch in which nothing else runs. */
const batchMessages = 4_000;
/** How often shop time moves at a pace, in real milliseconds. */
const tickMs = 1_000;
/** The longest wait for a word of whoever asked. */
const lookMs = 250;
/** No offset lies beyond it. */
const noEnd = 2n ** 62n;

/** Where a sandbox's ledger stands. */
export interface SandboxStand {
  /** The newest tick: everything known up to `now`, and nothing more, was in the ledger, and these were the next offsets. */
  readonly tick: { readonly now: number; readonly offsets: Readonly<Record<string, string>> } | undefined;
  /** The next offset of each `topic/partition`. */
  readonly next: ReadonlyMap<string, bigint>;
}

export interface ReplayRunParts {
  readonly plan: ReplayPlan;
  readonly feed: Pick<IntakeFeed, 'shop' | 'writer'>;
  readonly clock: RealClock;
  readonly page: ReadPage;
  /** What was said to the replay up to now. */
  turns(): Promise<ReplayTurns>;
  stands(): Promise<SandboxStand>;
  /** Messages that the sandbox's ledger holds, by `topic/partition`. */
  counts(): Promise<ReadonlyMap<string, bigint>>;
  /** Messages are durable. */
  onDurable(): void;
  /** Where the sandbox is scored: resolves when everybody is decided on up to an instant, or with the signal. */
  scored?(until: number, signal: AbortSignal): Promise<void>;
}

/**
 * Brings the messages of a plan into a sandbox's ledger, in the order in which the shop knew them, at the pace that is asked for.
 *
 * The ledger says where to go on. Offsets follow from the plan's order alone; a tick is written when everything up to its instant is
 * durable; what is already there is left out. So a run that died is begun again, and the sandbox becomes the same.
 *
 * Where the sandbox is scored nothing follows a tick before everybody is decided on up to it: each stretch between two ticks is decided on
 * whole, and with nothing beyond it in the ledger.
 */
export class ReplayRun {
  readonly #offsets = new Map<string, bigint>();
  /** The next offset of each place as the run began. */
  #there: ReadonlyMap<string, bigint> = new Map();
  #tickOffset = 0n;
  /** Instant and real time of the last tick. */
  #ticked = -Infinity;
  #tickedAt: number;

  constructor(private readonly parts: ReplayRunParts) {
    this.#tickedAt = parts.clock.now();
  }

  /**
   * Resolves when everything is durable, or soon after the signal.
   * @throws {ReplayError} `replay-broken` when the source no longer holds what was planned; what the store throws
   */
  async run(signal: AbortSignal): Promise<void> {
    const { plan } = this.parts;
    const stand = await this.parts.stands();
    this.#there = stand.next;
    await this.assign(stand);
    const isThere = plan.ends.every(({ topic, partition, messages }) => stand.next.get(`${topic}/${partition}`) === BigInt(messages));
    for (const { topic, partition, messages } of plan.ends) {
      const ticked = BigInt(stand.tick?.offsets[placeName(this.parts.feed.shop, topic, partition)] ?? 0);
      this.#offsets.set(`${topic}/${partition}`, isThere ? BigInt(messages) : ticked);
    }
    // A kill may have come between a tick and its decisions.
    if (!isThere && stand.tick) await this.parts.scored?.(stand.tick.now, signal);
    if (!isThere && !signal.aborted) await this.bring(new ReplaySource(this.parts.page, stand.tick && afterAll(stand.tick.now)), signal);
    if (signal.aborted) return;
    await this.verify();
    if (plan.endsAt !== null && plan.endsAt > this.#ticked) await this.tick(plan.endsAt, this.#offsets);
  }

  /** The writer learns from the ledger where each partition goes on. */
  private async assign({ tick, next }: SandboxStand): Promise<void> {
    const { plan, feed } = this.parts;
    const startAt = (topic: LedgerTopic, partition: number): Promise<bigint> =>
      feed.writer.startAt(topic, partition, { topic: topicOf(feed.shop.shop, topic), partition, start: 0n, end: noEnd });
    for (const { topic, partition, messages } of plan.ends) {
      const there = next.get(`${topic}/${partition}`) ?? 0n;
      if (there > BigInt(messages)) {
        throw broken(`${feed.shop.shop} holds ${there} messages of ${topic}/${partition}, ${messages} were planned`);
      }
      await startAt(topic, partition);
    }
    this.#tickOffset = await startAt(tickPlace.topic, tickPlace.partition);
    if (tick) this.#ticked = tick.now;
  }

  /** Takes messages as they fall due and writes them; while some are written the next ones are judged, and those after them read. */
  private async bring(source: ReplaySource, signal: AbortSignal): Promise<void> {
    const { plan, clock } = this.parts;
    const pace = new DrivenPace(clock, Math.max(plan.startsAt ?? 0, this.#ticked), await this.parts.turns());
    let lookedAt = clock.now();
    let before: Promise<void> = Promise.resolve();
    let latest: Promise<void> = Promise.resolve();
    while (!signal.aborted) {
      if (clock.now() - lookedAt >= lookMs) {
        lookedAt = clock.now();
        pace.turn(await this.parts.turns());
      }
      // What the shop knew only after the end of its clock is due with the end.
      const due = pace.due >= (plan.endsAt ?? Infinity) ? Infinity : pace.due;
      const rows = pace.paused ? [] : await source.take(due, batchMessages);
      const next = await source.peek();
      const last = rows.at(-1);
      if (last) pace.passed(last.at);
      await before;
      before = latest;
      const ticked = this.#ticked;
      latest = (await this.write(rows, pace.paused ? null : reachedBy(rows, next, due, plan), pace.fast, before)).durable;
      if (this.parts.scored) await this.decided(latest, ticked, signal);
      if (next === undefined && (due === Infinity || plan.endsAt === null)) break;
      if (pace.fast || rows.length === batchMessages) continue;
      await clock.sleep(Math.max(10, Math.min(next === undefined ? lookMs : pace.until(next.at), lookMs)), signal);
    }
    await before;
    await latest;
  }

  /**
   * Resolves when the writer has the messages: only then may those come that follow them.
   * @param before the batch before, whose tick comes first
   * @returns `durable`, which waits for the messages and then for the tick
   */
  private async write(rows: readonly ReplayRow[], reached: number | null, fast: boolean, before: Promise<void>): Promise<Kept> {
    const { shop, writer } = this.parts.feed;
    const batches = new Map<string, { topic: LedgerTopic; partition: number; messages: IncomingMessage[] }>();
    for (const { topic, partition, payload, producedAt } of rows) {
      const place = `${topic}/${partition}`;
      const offset = this.#offsets.get(place);
      if (offset === undefined) throw broken(`${place} holds messages that were not planned`);
      this.#offsets.set(place, offset + 1n);
      let batch = batches.get(place);
      if (!batch) batches.set(place, (batch = { topic, partition, messages: [] }));
      batch.messages.push({ offset, key: null, value: messageOf(payload), timestamp: producedAt });
    }
    const offsets = new Map(this.#offsets);
    const kept: Promise<void>[] = [];
    for (const { topic, partition, messages } of batches.values()) {
      const batch = writer.write(topic, { topic: topicOf(shop.shop, topic), partition, messages }).then(({ durable }) => durable);
      batch.catch(() => undefined);
      kept.push(batch);
      // Judging them takes a while: others get their turn in between.
      await breathe();
    }
    const ticked = async (): Promise<void> => {
      await writer.flush();
      await Promise.all([before, ...kept]);
      if (kept.length > 0) this.parts.onDurable();
      if (reached === null || reached <= this.#ticked) return;
      // The run before may have brought more than its last tick says: what is decided on with the next one is all that is there.
      if (this.parts.scored && [...offsets].some(([place, next]) => next < (this.#there.get(place) ?? 0n))) return;
      if (fast || this.parts.clock.now() - this.#tickedAt >= tickMs) await this.tick(reached, offsets);
    };
    const durable = ticked();
    // It is awaited later; until then a failure is not unheard of.
    durable.catch(() => undefined);
    return { durable };
  }

  /** Waits for a batch, and where a tick came of it for its decisions. @param ticked the newest tick before it */
  private async decided(durable: Promise<void>, ticked: number, signal: AbortSignal): Promise<void> {
    await durable;
    if (this.#ticked > ticked) await this.parts.scored?.(this.#ticked, signal);
  }

  private async tick(now: number, offsets: ReadonlyMap<string, bigint>): Promise<void> {
    const { plan, feed, clock } = this.parts;
    const real = clock.now();
    const moved = now - Math.max(this.#ticked, plan.startsAt ?? now);
    const speed = Math.max(moved, 0.001) / Math.max(real - this.#tickedAt, 1);
    const value = tickMessage(feed.shop, plan.source.shop, now, speed, offsets);
    const message = { offset: this.#tickOffset, key: null, value, timestamp: new Date() };
    this.#tickOffset += 1n;
    const { topic, partition } = tickPlace;
    const kept = feed.writer
      .write(topic, { topic: topicOf(feed.shop.shop, topic), partition, messages: [message] })
      .then(({ durable }) => durable);
    await Promise.all([kept, feed.writer.flush()]);
    [this.#ticked, this.#tickedAt] = [now, real];
  }

  /** The clock does not come to its end before each planned message is there: so nothing but the whole is ever said to be done. */
  private async verify(): Promise<void> {
    const { plan, feed } = this.parts;
    const counts = await this.parts.counts();
    for (const { topic, partition, messages } of plan.ends) {
      const place = `${topic}/${partition}`;
      const [came, holds] = [this.#offsets.get(place) ?? 0n, counts.get(place) ?? 0n];
      if (came !== BigInt(messages)) throw broken(`${plan.source.shop} gave ${came} messages of ${place}, ${messages} were planned`);
      if (holds !== BigInt(messages)) throw broken(`${feed.shop.shop} holds ${holds} messages of ${place}, ${messages} were planned`);
    }
  }
}

/** The place after everything that is known at an instant. */
function afterAll(at: number): ReplayPlace {
  return { at, topic: ledgerTopics.at(-1) ?? 'clock.v1', partition: 65_535, epoch: 2 ** 32 - 1, offset: 2n ** 64n - 1n };
}

function broken(what: string): ReplayError {
  return new ReplayError('replay-broken', `${what}: the sandbox is not what it was to be. Delete it and replay anew.`);
}
