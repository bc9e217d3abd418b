import {
  acquired,
  type DeliveryChannelRepository,
  type DeliveryRepository,
  type LogPlace,
  type Shop,
  type StandingDelivery,
} from '#warehouse';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelBook } from '../channels/channel-book.js';
import type { DeliveryMetrics } from '../delivery.metrics.js';
import { afterAttempt, unreadable, type Outcome } from '../outbox/life.js';
import { deliveriesOfAlerts } from '../outbox/occasions.js';
import { sealedOf, transmit, type Sealed, type TransmitParts } from '../send/transmit.js';
import { Backlog, type Bundle } from './backlog.js';
import { Recorder } from './recorder.js';

/** Whose turn it is to send a shop's deliveries. */
export interface DeliveryClaim {
  /** Resolves once this process has it. */
  acquire(): Promise<unknown>;
  /** Whether it still has it. */
  holds(): Promise<boolean>;
  release(): Promise<void>;
}

export interface SenderParts extends TransmitParts {
  readonly outbox: Pick<DeliveryRepository, 'append' | 'places' | 'writes' | 'alertSteps' | 'waiting' | 'stepsSince' | 'bodies'>;
  readonly channels: Pick<DeliveryChannelRepository, 'all'>;
  readonly claim: DeliveryClaim;
  readonly metrics: Pick<DeliveryMetrics, 'written' | 'waiting'>;
  /** The shop's time, Unix milliseconds; null while it has none. */
  readonly clock: (shop: Shop) => Promise<number | null>;
  readonly logger: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** A look at the store comes at least this often: other processes write alarms, redrives and alerts. */
const lookMs = 500;
const retryMs = 1_000;
/** How often it is asked whether it is still this process's turn. */
const claimMs = 2_000;
/** Steps of alerts of a partition that are put into the outbox at a time. */
const stepsAtATime = 500;
/** Deliveries of a channel that are read at a time. */
const mostLoaded = 2_500;
const mostAtHand = 1_000;
/** How far back a look goes: an insert takes its time, and clocks of processes differ. */
const lookBackMs = 15_000;
/** Once in a while it goes further: what a machine wrote whose clock is wrong by more, or that hung between stamping and writing. */
const wideEveryMs = 60_000;
const wideLookBackMs = 3_600_000;

/**
 * Fills a shop's outbox from its alert log and empties it. One process does so at a time; should two, they send the same deliveries under
 * the same keys.
 */
export class ShopSender {
  readonly #stop = new AbortController();
  /** Cuts off attempts under way, a while after `#stop`. */
  readonly #cut = new AbortController();
  readonly #recorder: Recorder;
  #backlog = new Backlog();
  /** What was just put in, until its first attempt; no more than so many. */
  readonly #bodies = new Map<string, string>();
  #places: readonly LogPlace[] = [];
  #channels = new ChannelBook([]);
  #clock: number | null = null;
  /** Of the process's own clock, which nobody sets; what is looked for goes by the wall's. */
  #lookedAt = -Infinity;
  #lookedWideAt = 0;
  /** How often the store's tables had been written when they were looked at; undefined when they have to be looked at anyway. */
  #alertsSeen: number | undefined;
  #deliveriesSeen: number | undefined;
  /** Channels that cannot be read, as they were last said. */
  #unreadable = '';
  /** Whether there may be something in the store that was not looked at. */
  #isNews = false;
  /** Whether a slot has become free. */
  #isFree = false;
  #rouse: () => void = () => undefined;
  readonly #attempts = new Set<Promise<void>>();

  constructor(
    readonly shop: Shop,
    private readonly parts: SenderParts,
  ) {
    const failed = (error: unknown): void =>
      parts.logger.warn({ shop: shop.shop, error: String(error) }, 'what came of deliveries could not be written, it is tried again');
    // One listener per attempt under way.
    setMaxListeners(0, this.#cut.signal);
    this.#recorder = new Recorder(shop, parts.outbox, failed, this.#cut.signal);
  }

  /** Something may have to be sent. */
  wake(): void {
    this.#isNews = true;
    this.#rouse();
  }

  /**
   * Works until `stop`, or until it is another process's turn.
   * @param works told after each look at the store that went well
   * @throws when the store fails: begin anew
   */
  async turn(works: () => void = () => undefined): Promise<void> {
    // Of the turn before: what they come to has to be in the store before it is read.
    await Promise.all(this.#attempts);
    if (!(await acquired(this.parts.claim, this.#stop.signal))) return;
    const { outbox } = this.parts;
    this.#backlog = new Backlog();
    this.#bodies.clear();
    // Each time from the store: what another one did meanwhile is there and nowhere else.
    this.#places = await outbox.places(this.shop);
    this.#lookedAt = -Infinity;
    this.#lookedWideAt = performance.now();
    this.#alertsSeen = undefined;
    this.#deliveriesSeen = undefined;
    this.#backlog.fill(await outbox.waiting(this.shop, mostLoaded), mostLoaded);
    let askedAt = performance.now();
    while (!this.#stop.signal.aborted) {
      if (performance.now() - askedAt > claimMs) {
        if (!(await this.parts.claim.holds())) break;
        askedAt = performance.now();
      }
      if (this.#isNews || performance.now() - this.#lookedAt >= lookMs) await this.look();
      works();
      this.dispatch();
      await this.nextWake();
    }
    await Promise.all(this.#attempts);
  }

  /** Lets attempts under way end, for so long; one that is cut off is made again at the next start, under the same key. */
  async stop(patienceMs = 5_000): Promise<void> {
    this.#stop.abort();
    this.wake();
    const timer = setTimeout(() => this.#cut.abort(), patienceMs);
    await Promise.all(this.#attempts);
    clearTimeout(timer);
    this.#cut.abort();
  }

  /** Puts in what is new, and hears what others wrote. */
  private async look(): Promise<void> {
    const { outbox, channels, metrics } = this.parts;
    this.#isNews = false;
    const [begun, wall] = [performance.now(), Date.now()];
    const isTime = begun - this.#lookedAt >= lookMs;
    const { alerts, deliveries } = outbox.writes(this.shop);
    const isWritten = alerts === undefined || alerts !== this.#alertsSeen;
    const steps = isWritten ? await outbox.alertSteps(this.shop, this.#places, stepsAtATime) : [];
    // There may be more than were taken.
    this.#alertsSeen = steps.length > 0 ? undefined : alerts;
    // After the steps: a channel that was put before one of them is there.
    if (steps.length > 0 || isTime) {
      this.#channels = new ChannelBook(await channels.all(this.shop));
      this.sayUnreadable(this.#channels.unreadable.join(', '));
      const hasDigests = this.#channels.newest().some((channel) => channel.kind === 'mail' && channel.mode === 'digest');
      this.#clock = hasDigests ? await this.parts.clock(this.shop) : null;
    }
    if (steps.length > 0) {
      const rows = deliveriesOfAlerts(steps, { shop: this.shop, channels: this.#channels, clock: this.#clock, now: Date.now() });
      const places = new Map(this.#places.map((place) => [place.partition, place]));
      for (const { partition, epoch, offset, step } of steps) places.set(partition, { partition, epoch, offset, step });
      await outbox.append(this.shop, rows, [...places.values()]);
      this.#places = [...places.values()];
      metrics.written(this.shop.shop, rows);
      this.#backlog.take(rows);
      this.sayDead(rows);
      for (const { id, body, digestAt } of rows)
        if (body !== '' && digestAt === 0 && this.#bodies.size < mostAtHand) this.#bodies.set(id, body);
      this.#isNews ||= steps.length >= stepsAtATime;
    }
    if (!isTime) return;
    const isWide = begun - this.#lookedWideAt >= wideEveryMs;
    const ago = this.#lookedAt === -Infinity ? 0 : begun - this.#lookedAt;
    const since = wall - ago - (isWide ? wideLookBackMs : lookBackMs);
    // The wide look is for what was written since and stamped long before: the ones in between did not go so far back.
    if (isWide || deliveries === undefined || deliveries !== this.#deliveriesSeen) {
      this.#backlog.asks();
      this.#backlog.take(await outbox.stepsSince(this.shop, new Date(since)));
      this.#deliveriesSeen = deliveries;
    }
    this.#lookedAt = begun;
    if (isWide) this.#lookedWideAt = begun;
    if (this.#backlog.wantsMore) this.#backlog.fill(await outbox.waiting(this.shop, mostLoaded), mostLoaded);
  }

  private dispatch(): void {
    const now = Date.now();
    this.#isFree = false;
    // While nobody can write down what comes of it, nothing more is sent: a kill would send all of it again.
    if (!this.#recorder.isBehind) for (const bundle of this.#backlog.due(this.#channels.newest(), now, this.#clock)) this.begin(bundle);
    this.parts.metrics.waiting(this.shop.shop, this.#backlog.size, this.#backlog.oldestSeconds(now));
  }

  private begin(bundle: Bundle): void {
    const { shop } = this.shop;
    const attempt = this.attempt(bundle)
      .catch(async (error: unknown) => {
        // Cut off by the stop, or the store did not give what is to be sent: it waits as before, and comes again.
        if (this.#cut.signal.aborted) return;
        this.parts.logger.warn({ shop, error: String(error) }, 'a delivery could not be attempted, it is tried again');
        await sleep(retryMs, undefined, { signal: this.#cut.signal }).catch(() => undefined);
      })
      .finally(() => {
        this.#backlog.back(bundle);
        this.#attempts.delete(attempt);
        this.#isFree = true;
        this.#rouse();
      });
    this.#attempts.add(attempt);
  }

  private async attempt(bundle: Bundle): Promise<void> {
    const { channel, deliveries } = bundle;
    let outcome: Outcome;
    let broken: ReadonlyMap<string, string>;
    try {
      const sealed = await this.seal(deliveries);
      broken = sealed.broken;
      // Of a digest the rest goes out; alone, an unreadable one is not attempted.
      outcome = await transmit(channel, sealed.whole, this.parts, this.#cut.signal);
    } finally {
      this.#backlog.answered(bundle);
      this.#isFree = true;
      this.#rouse();
    }
    // Those of one digest go on together, by one draw, one clock and one next attempt: another set would be another digest, under another key.
    const [chance, now] = [Math.random(), Date.now()];
    const ended = deliveries.map((each) => {
      const why = broken.get(each.id);
      return why === undefined ? afterAttempt(each, outcome, now, chance) : unreadable(each, why, now);
    });
    const nextAt = Math.max(...ended.map((each) => each.nextAt));
    const rows: StandingDelivery[] = ended.map((each) => (each.state === 'waiting' ? { ...each, nextAt } : each));
    await this.#recorder.write(rows);
    this.#backlog.take(rows);
    this.parts.metrics.written(this.shop.shop, rows);
    this.sayDead(rows);
  }

  private sayDead(rows: readonly StandingDelivery[]): void {
    const dead = rows.filter(({ state }) => state === 'dead');
    const [first] = dead;
    if (!first) return;
    const { channel, id: delivery, attempts, detail } = first;
    const which = { shop: this.shop.shop, channel, deliveries: dead.length, delivery, attempts, detail };
    this.parts.logger.warn(which, 'a delivery is given up; it can be redriven');
  }

  private sayUnreadable(channels: string): void {
    if (channels !== '' && channels !== this.#unreadable)
      this.parts.logger.warn({ shop: this.shop.shop, channels }, 'channels cannot be read and count as off: put them anew');
    this.#unreadable = channels;
  }

  /** What is sent: of what was just put in it is at hand, the rest is in the store. Of what cannot be read, why. */
  private async seal(deliveries: readonly StandingDelivery[]): Promise<{ whole: Sealed[]; broken: ReadonlyMap<string, string> }> {
    const missing = deliveries.filter(({ id }) => !this.#bodies.has(id));
    const stored = await this.parts.outbox.bodies(this.shop, missing);
    const whole: Sealed[] = [];
    const broken = new Map<string, string>();
    for (const { id } of deliveries) {
      const sealed = sealedOf(id, this.#bodies.get(id) ?? stored.get(id));
      if (typeof sealed === 'string') broken.set(id, sealed);
      else whole.push(sealed);
      this.#bodies.delete(id);
    }
    return { whole, broken };
  }

  private async nextWake(): Promise<void> {
    if (this.#isNews || this.#isFree || this.#stop.signal.aborted) return;
    const now = Date.now();
    const wait = Math.min(this.#lookedAt + lookMs - performance.now(), this.#backlog.nextAt(now) - now);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(lookMs, Math.max(1, wait)));
      this.#rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
