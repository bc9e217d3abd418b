import { Pace, type RealClock } from '#clock';
import { topicOf, topics, type ClockTick, type TopicName } from '#contracts';
import { domainTopicConfig, type PartitionBounds, type Streaming, type StreamingLogger } from '#streaming';
import { SimulationError } from '../simulation.errors.js';
import type { WorldEvent } from '../world/event-maker.js';
import { readCursor, writeCursor, type Cursor } from './cursor.js';
import { Outbox } from './outbox.js';
import { inBatches } from './batches.js';
import { newestTickIn, sourceInTopic } from './in-topics.js';
import { Peekable, type Batches } from './peekable.js';

/** What the service sends: a world, or a world with faults. */
export interface EventSource {
  /** Two sources of one identity give the same events. */
  readonly identity: string;
  /** The `source` of its events. */
  readonly source: string;
  /** The instant of the first event, and the one at which history ends and live begins; Unix milliseconds. */
  readonly start: number;
  readonly end: number;
  after(instant: number): Iterator<WorldEvent, void>;
}

export interface SimulatorOptions {
  readonly shop: string;
  readonly events: EventSource;
  /** Shop seconds per real second, once the history is sent. */
  readonly speed: number;
  /** Shop time stands still right before this instant, in the history or live; Unix milliseconds. Absent: it goes on. */
  readonly until?: number | undefined;
  readonly cursorPath: string;
  /** Makes what `events.after` gives. @default on the thread that sends */
  readonly batches?: (after: number) => Batches;
  /** Told when the broker has taken events, or shop time moved. */
  readonly onMoved?: (through: number, sent: number) => void;
}

/**
 * `history`: as fast as the broker takes it. `live`: by the clock. `ended`: shop time stands still at `until`, or the world is over.
 * `failed`: by an error that trying again does not mend.
 */
export type SimulatorPhase = 'idle' | 'history' | 'live' | 'ended' | 'stopped' | 'failed';

export interface SimulatorState {
  readonly phase: SimulatorPhase;
  /** Shop time: everything recorded up to it was sent; Unix milliseconds. */
  readonly through: number;
  /** Events sent by this process. */
  readonly sent: number;
  readonly speed: number;
  readonly error?: unknown;
}

/** Where a start goes on. */
interface Place {
  /** The topics hold everything recorded up to this instant. */
  readonly after: number;
  /** Where shop time stood: no tick may say less, and what was recorded up to it is past. */
  readonly stood: number;
}

/** Bytes that are on their way at a time: few requests, for each is a round trip; small enough for the event loop. */
const batchBytes = 2 * 1024 * 1024;
/** Real milliseconds between ticks, and between writes of the cursor. */
const tickMs = 1_000;
/** How long a start waits for a broker that is not quite there: half a minute. */
const startTries = 60;
const retryMs = 500;

/**
 * Sends a world into a shop's topics: its history at once, then live. The world decides what is sent, the topic what was:
 * after a stop or a kill it goes on at the cursor, and what it sends twice is the same, byte for byte, so no figure moves.
 */
export class SimulatorService {
  #phase: SimulatorPhase = 'idle';
  #through: number;
  #sent = 0;
  #speed: number;
  #error: unknown;
  #pace: Pace | undefined;
  #savedAt = -Infinity;
  #running: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();
  readonly #offsets = new Map<string, bigint>();
  #historySent: () => void = () => undefined;
  /** Resolves when the broker holds the whole history; also on a stop or a failure, see `state`. */
  readonly historySent = new Promise<void>((resolve) => (this.#historySent = resolve));

  constructor(
    private readonly streaming: Streaming,
    private readonly clock: RealClock,
    private readonly log: StreamingLogger,
    private readonly options: SimulatorOptions,
  ) {
    this.#through = options.events.start;
    this.#speed = options.speed;
  }

  get state(): SimulatorState {
    const { events } = this.options;
    const through = Math.max(this.#through, events.start);
    return {
      phase: this.#phase,
      through,
      sent: this.#sent,
      speed: this.#speed,
      ...(this.#error === undefined ? {} : { error: this.#error }),
    };
  }

  /** Live from now on at another speed. */
  setSpeed(speed: number): void {
    if (!(speed > 0)) throw new SimulationError('speed-invalid', `The speed ${speed} is not a number above 0.`);
    this.#speed = speed;
    this.#pace?.setSpeed(speed);
  }

  /**
   * Makes the topics, finds where to go on, and returns; sending goes on behind it.
   * @throws {SimulationError} `world-differs` when another world was sent into these topics; `cursor-invalid`
   */
  async start(): Promise<void> {
    if (this.#phase !== 'idle') return;
    this.#phase = 'history';
    const specs = (Object.keys(topics) as TopicName[]).map((name) => ({
      topic: topicOf(this.options.shop, name),
      partitions: topics[name].partitions,
      config: domainTopicConfig,
    }));
    await this.patiently(() => this.streaming.ensureTopics(specs));
    const place = await this.findPlace();
    this.#through = place.after;
    this.#running = this.run(place).then(
      () => void (this.#phase = this.#stop.signal.aborted ? 'stopped' : 'ended'),
      (error: unknown) => {
        this.#phase = 'failed';
        this.#error = error;
        this.log.error({ err: error, shop: this.options.shop }, 'the simulator stopped');
      },
    );
    void this.#running.then(() => this.#historySent());
  }

  /** What is on its way is sent; the cursor is written. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    if (this.#phase !== 'failed') this.#phase = 'stopped';
  }

  /** Tries again while it can help: a topic that was just made is not at once known to all of the broker. */
  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if ((error as { retryable?: unknown }).retryable !== true || tries === startTries || this.#stop.signal.aborted) throw error;
        await this.clock.sleep(retryMs, this.#stop.signal);
      }
    }
  }

  private async findPlace(): Promise<Place> {
    const { shop, events, cursorPath } = this.options;
    const cursor = await readCursor(cursorPath);
    const names = (Object.keys(topics) as TopicName[]).filter((name) => name !== 'committed.v1' && name !== 'alerts.v1');
    const bounds = await this.patiently(() => this.streaming.bounds(names.map((name) => topicOf(shop, name))));
    for (const { topic, partition, end } of bounds) if (end > 0n) this.#offsets.set(`${topic}-${partition}`, end);
    if (cursor && cursor.world !== events.identity) throw this.differs(`the cursor ${cursorPath} says ${cursor.world}`);
    const lost = Object.entries(cursor?.offsets ?? {}).find(([partition, next]) => (this.#offsets.get(partition) ?? 0n) < BigInt(next));
    // Figures need every event; those that are still there come twice, which changes nothing.
    if (lost)
      this.log.warn({ shop, partition: lost[0], expected: lost[1] }, 'the broker has lost events: the world is sent from its beginning');
    if (!cursor) await this.refuseOther(bounds);
    const before = events.start - 1;
    const stood = Math.max(cursor?.through ?? before, (await this.tickBeyond(cursor, bounds)) ?? before);
    return { after: lost || !cursor ? before : cursor.through, stood };
  }

  /** Without a cursor the topic says whose it is. */
  private async refuseOther(bounds: readonly PartitionBounds[]): Promise<void> {
    const { shop, events } = this.options;
    const products = bounds.filter(({ topic, start, end }) => topic === topicOf(shop, 'products.v1') && end > start);
    const found = products.length === 0 ? undefined : await sourceInTopic(this.streaming, products, this.clock);
    if (found !== undefined && found !== events.source) throw this.differs(`its products come from ${found}`);
  }

  /** The newest tick on the topic, where the cursor may not know it: it is lost, or older than a kill leaves it. */
  private async tickBeyond(cursor: Cursor | undefined, bounds: readonly PartitionBounds[]): Promise<number | undefined> {
    const { shop, events } = this.options;
    const clock = bounds.find(({ topic, start, end }) => topic === topicOf(shop, 'clock.v1') && end > start);
    if (!clock || clock.end <= BigInt(cursor?.offsets[`${clock.topic}-${clock.partition}`] ?? '0')) return undefined;
    try {
      return await newestTickIn(this.streaming, clock, events.source, this.clock);
    } catch (error) {
      // A kill leaves a cursor that is at most some ticks old: a broker that blinks must not keep the world from going on.
      if (!cursor) throw error;
      this.log.warn({ err: error, shop }, 'the ticks could not be read: the world goes on from its cursor');
      return undefined;
    }
  }

  private differs(how: string): SimulationError {
    return new SimulationError(
      'world-differs',
      `The shop ${this.options.shop} holds another simulated world than ${this.options.events.source} (${how}). Start with that profile, seed and faults, name another shop, leave it as it is (npm start -- --no-simulator), or clear all data with npm run reset.`,
    );
  }

  private async run(place: Place): Promise<void> {
    const { shop, events } = this.options;
    const { batches = (after: number) => inBatches(events.after(after)) } = this.options;
    const source = new Peekable(batches(place.after));
    const outbox = new Outbox(this.streaming, shop, this.clock, this.#stop.signal, this.#offsets, (error) =>
      this.log.warn({ err: error, shop }, 'the simulator waits for the broker'),
    );
    try {
      await this.sendPast(place.stood, source, outbox);
      if (this.#stop.signal.aborted) return;
      this.log.info({ shop, sent: this.#sent }, 'the history is sent');
      this.#historySent();
      await this.goLive(source, outbox);
    } finally {
      await source.close();
      await outbox.close();
      await this.save();
    }
  }

  /** Sends what has been: the history, and what was live once. Paced anew that would keep the shop's clock standing for as long as it took. */
  private async sendPast(stood: number, source: Peekable, outbox: Outbox): Promise<void> {
    const { events, until = Infinity } = this.options;
    const end = Math.max(Math.min(events.end, until), stood + 1);
    let onTheWay: Promise<boolean> = Promise.resolve(true);
    while (!this.#stop.signal.aborted) {
      const batch = await source.takeBefore(end, batchBytes);
      // The next batch was made while the last one was on its way.
      if (!(await onTheWay)) return;
      await this.save(tickMs);
      const last = batch.at(-1);
      if (!last) break;
      onTheWay = outbox.send(batch).then((sent) => {
        // More events of the same second may follow: the place is before it.
        if (sent) this.advance(last.at - 1, batch.length);
        return sent;
      });
      // It is awaited above; until then a failure is not unheard of.
      onTheWay.catch(() => undefined);
    }
    if ((await onTheWay) && !this.#stop.signal.aborted) this.advance(end - 1, 0);
  }

  private async goLive(source: Peekable, outbox: Outbox): Promise<void> {
    this.#phase = 'live';
    const { signal } = this.#stop;
    const pace = (this.#pace = new Pace(this.clock, this.#through, this.#speed));
    // A world that is already beyond it stands where it is.
    const last = Math.max(this.#through, (this.options.until ?? Infinity) - 1);
    let tickAt = this.clock.now();
    while (!signal.aborted) {
      const now = Math.min(pace.now(), last);
      const due = await source.takeBefore(now + 1, batchBytes);
      if (due.length > 0) {
        const last = due.at(-1)?.at ?? now;
        if (!(await outbox.send(due))) return;
        this.advance(last - 1, due.length);
        // There may be more that is due.
        if (((await source.peek())?.at ?? Infinity) <= now) continue;
      }
      this.advance(now, 0);
      const next = await source.peek();
      const over = now === last || !next;
      if (over || this.clock.now() >= tickAt) {
        tickAt = Math.max(tickAt + tickMs, this.clock.now());
        // First the cursor: after a kill in between, shop time goes on at or after this tick, so ticks never go back.
        await this.save();
        if (!(await this.tick(now, over ? 0 : this.#speed, outbox)) || over) return;
      }
      const wait = Math.min(pace.until(Math.min(next.at, last)), Math.max(0, tickAt - this.clock.now()));
      await this.clock.sleep(wait, signal);
    }
  }

  private tick(now: number, speed: number, outbox: Outbox): Promise<boolean> {
    const instant = new Date(now).toISOString();
    const topic = topicOf(this.options.shop, 'clock.v1');
    const data: ClockTick = {
      now: instant,
      speed,
      offsets: Object.fromEntries(
        [...this.#offsets]
          .filter(([name]) => !name.startsWith(topic))
          .map(([name, next]) => [name, String(next)] as const)
          // In one order, whatever was sent first: the same tick is the same bytes.
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    };
    const value = JSON.stringify({
      specversion: '1.0',
      // The tick of a world that stands is sent at each start: the same, so under a name of its own.
      id: speed === 0 ? `clock/${now}/stands` : `clock/${now}`,
      source: this.options.events.source,
      type: 'tideline.clock.ticked.v1',
      subject: 'clock',
      time: instant,
      recordedtime: instant,
      data,
    });
    return outbox.sendTo(topic, [{ key: null, value }]);
  }

  private advance(through: number, sent: number): void {
    this.#through = Math.max(this.#through, through);
    this.#sent += sent;
    this.options.onMoved?.(this.#through, sent);
  }

  /**
   * Writes the cursor; on a full disk once there is room again, unless it is stopped before.
   * @param every at most once in so many real milliseconds
   */
  private async save(every = 0): Promise<void> {
    if (this.clock.now() - this.#savedAt < every) return;
    this.#savedAt = this.clock.now();
    const { signal } = this.#stop;
    // On the way through the past the ticks are ahead of it: a start that goes on there has to ask them.
    const isKnown = (name: string): boolean => this.#phase === 'live' || !name.startsWith(topicOf(this.options.shop, 'clock.v1'));
    const cursor: Cursor = {
      world: this.options.events.identity,
      through: this.#through,
      offsets: Object.fromEntries([...this.#offsets].filter(([name]) => isKnown(name)).map(([name, next]) => [name, String(next)])),
    };
    for (let tries = 0; ; tries += 1) {
      try {
        return await writeCursor(this.options.cursorPath, cursor);
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        if (tries === 0) this.log.warn({ err: error, shop: this.options.shop }, 'the simulator waits for room on the disk');
        // What was sent since the last one that was written is sent again then, which changes nothing.
        if (signal.aborted) return;
        await this.clock.sleep(retryMs, signal);
      }
    }
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof SimulationError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOSPC';
}
