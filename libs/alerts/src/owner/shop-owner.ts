import { Zone } from '#clock';
import { topicOf } from '#contracts';
import type { ConsumerState, EventProducer, IncomingBatch, IncomingMessage, PartitionBounds, RunningConsumer, Streaming } from '#streaming';
import type { AlertLogRepository, AlertLogRow, Shop } from '#warehouse';
import { setImmediate as breathe } from 'node:timers/promises';
import type { AlertsMetrics } from '../alerts.metrics.js';
import { earliestDue, foldMessage } from '../fold/fold.js';
import type { PlacedAlertMessage } from '../fold/message.js';
import { emptyPartition, foldShopOf, forgetEnded, keepAlert, partitionOf, type FoldShop, type PartitionState } from '../fold/partition.js';
import { rowOf } from '../fold/rows.js';
import type { Alert } from '../fold/alert.js';
import { surroundingsOf, type SurroundingsParts } from './batch-surroundings.js';
import { DueClock } from './due-clock.js';
import { movedEvent } from './moved-event.js';
import { Publisher } from './publisher.js';
import { readMessage } from './read-message.js';

export interface OwnerParts extends SurroundingsParts {
  readonly streaming: Pick<Streaming, 'consume' | 'producer'>;
  readonly log: Pick<AlertLogRepository, 'append' | 'load' | 'alerts' | 'stepsSince'>;
  readonly metrics: Pick<AlertsMetrics, 'written'>;
  /** Whether other processes may own alerts of the same shop: then its partitions are shared by a group. */
  readonly shared: boolean;
  /** The shop's time, Unix milliseconds; null while it has none. */
  readonly clock: (shop: Shop) => Promise<number | null>;
  /** Up to which instant no score is still to come, Unix milliseconds. */
  readonly scoredUntil: (shop: Shop) => Promise<number>;
  /** Told when something can be read that could not before. */
  readonly moved: (shop: string) => void;
  readonly logger: { warn(fields: object, message: string): void };
}

/** A partition with what is not part of its fold. */
interface Owned {
  readonly state: PartitionState;
  /** When the broker got the message before `state.next`; null where there is none. */
  producedAt: number | null;
  /** Whether the first batch has been held against it. */
  compared: boolean;
  /** Messages folded since the place was last written. */
  unwritten: number;
  earliestDue: number;
}

/** So many messages are folded before others get a turn. */
const sliceSize = 100;
/** A fold without rows writes its place after so many messages: a restart need not go further back. */
const placeEvery = 5_000;

/**
 * The one who decides about a shop's alerts: folds `alerts.v1`, writes what follows, and tells it. What it writes of a batch is one insert
 * that also says where the partition goes on; after a crash, and after any failure, state and place are read from there together.
 */
export class ShopOwner {
  readonly #owned = new Map<number, Owned>();
  /** Messages that the fold could not stand, and why: they are dead letters when they come again. */
  readonly #poison = new Map<string, string>();
  /** Partitions whose topic turned out to be another one than was folded. */
  readonly #renewed = new Set<number>();
  readonly #fold: FoldShop;
  readonly #topic: string;
  #producer: EventProducer | undefined;
  #publisher: Publisher | undefined;
  #consumer: RunningConsumer | undefined;
  #due: DueClock | undefined;

  constructor(
    readonly shop: Shop,
    private readonly parts: OwnerParts,
  ) {
    this.#topic = topicOf(shop.shop, 'alerts.v1');
    this.#fold = foldShopOf(shop, new Zone(shop.timeZone));
  }

  get state(): ConsumerState {
    return this.#consumer?.state ?? 'starting';
  }

  async start(): Promise<void> {
    const { streaming, logger, shared } = this.parts;
    const { shop } = this.shop;
    this.#producer = await streaming.producer();
    this.#publisher = new Publisher(this.#topic, this.#producer, (error) =>
      logger.warn({ shop, error: String(error) }, 'steps of alerts could not be told, it is tried again'),
    );
    this.#consumer = await streaming.consume({
      groupId: `tideline.${shop}.alerts`,
      alone: !shared,
      topics: [this.#topic],
      startAt: (_topic, partition, bounds) => this.startAt(partition, bounds),
      onBatch: (batch) => this.take(batch),
      onAssigned: (partitions) => this.keepOnly(new Set(partitions.map(({ partition }) => partition))),
      onState: (state, error) => {
        if (error !== undefined) logger.warn({ shop, state, err: error }, 'consumer of alerts');
      },
    });
    this.#due = new DueClock({
      ...{ shop, topic: this.#topic, producer: this.#producer, everyMs: shared ? 1_000 : 250 },
      clock: () => this.parts.clock(this.shop),
      scoredUntil: () => this.parts.scoredUntil(this.shop),
      earliest: () => Math.min(...[...this.#owned.values()].map((owned) => owned.earliestDue)),
      alerts: () => [...this.#owned.values()].flatMap(({ state }) => [...state.alerts.values()]),
      failed: (error) => logger.warn({ shop, error: String(error) }, 'what is due could not be said, it is tried again'),
    });
    this.#due.start();
  }

  /** Finishes the batch under way, tells what is written, and writes down that it was told. */
  async stop(): Promise<void> {
    await this.#consumer?.stop();
    await this.#due?.stop();
    await this.#publisher?.stop();
    const told = [...this.#owned.values()].filter(({ state }) => state.next > 0n).map((owned) => this.placeRow(owned));
    // Should it fail, the next start tells some of them again.
    await this.parts.log.append(this.shop, told, new Date()).catch(() => undefined);
    await this.#producer?.close();
  }

  /** Where a partition goes on: what the store says, not the group. What was written and perhaps not told is told again. */
  private async startAt(partition: number, bounds: PartitionBounds): Promise<bigint> {
    const { log, logger } = this.parts;
    this.#owned.delete(partition);
    const stored = await log.load(this.shop, partition);
    const state = stored ? partitionOf(partition, stored) : emptyPartition(partition);
    const steps = stored ? await log.stepsSince(this.shop, partition, stored.epoch, stored.sent) : [];
    const told = steps.map((step) => movedEvent(this.shop.shop, { partition, epoch: state.epoch, ...step }));
    const place = { shop: this.shop.shop, partition, next: state.next.toString() };
    const isOther = this.#renewed.delete(partition);
    if (isOther || state.next > bounds.end) {
      // Scores of before are known by their instants, alerts by their ids: reading another topic from its start repeats nothing.
      state.epoch += 1;
      state.next = bounds.start;
      logger.warn(place, 'alerts.v1 was made anew or lost its last messages: it is folded from its start');
    } else if (state.next < bounds.start) {
      logger.warn({ ...place, start: bounds.start.toString() }, 'messages of alerts.v1 were deleted before they were folded');
      state.next = bounds.start;
    }
    const same = stored !== undefined && stored.epoch === state.epoch && stored.next === state.next;
    this.#publisher?.begin(partition, same ? stored.sent : state.next);
    if (told.length > 0) this.#publisher?.add(partition, state.next, told);
    const producedAt = same ? stored.lastProducedAt : null;
    const isNew = producedAt === null || state.next - 1n < bounds.start;
    this.#owned.set(partition, { state, producedAt, compared: isNew, unwritten: 0, earliestDue: earliestDue(state.alerts.values()) });
    // The last message folded is asked for again, to be compared.
    return isNew ? state.next : state.next - 1n;
  }

  /** Another process owns the rest now: what comes due there is its to say, and how far it is its to write down. */
  private keepOnly(partitions: ReadonlySet<number>): void {
    for (const partition of this.#owned.keys()) if (!partitions.has(partition)) this.#owned.delete(partition);
  }

  private async take({ partition, messages }: IncomingBatch): Promise<void> {
    const owned = this.#owned.get(partition);
    if (!owned) throw new Error(`A batch of ${this.#topic}/${partition} came before its place was known.`);
    try {
      await this.fold(owned, messages);
    } catch (error) {
      // What was folded in memory and is not durable did not happen: the next `startAt` reads what is.
      this.#owned.delete(partition);
      throw error;
    }
  }

  private async fold(owned: Owned, incoming: readonly IncomingMessage[]): Promise<void> {
    const { state } = owned;
    this.compare(owned, incoming[0]);
    const begun = performance.now();
    const fresh = incoming.filter(({ offset }) => offset >= state.next);
    const messages = fresh.map((each) => this.read(state, each));
    await this.lookUp(state, messages);
    const around = await surroundingsOf(this.shop, this.#fold, messages, this.parts);
    const rows: AlertLogRow[] = [];
    for (const [index, message] of messages.entries()) {
      if (index % sliceSize === sliceSize - 1) await breathe();
      try {
        rows.push(...foldMessage(state, message, around));
      } catch (error) {
        this.#poison.set(`${state.partition}.${state.epoch}.${message.offset}`, String(error));
        throw error;
      }
    }
    owned.unwritten += messages.length;
    owned.producedAt = fresh.at(-1)?.timestamp.getTime() ?? owned.producedAt;
    if (rows.length > 0 || owned.unwritten >= placeEvery) {
      await this.parts.log.append(this.shop, [...rows, this.placeRow(owned)], new Date());
      owned.unwritten = 0;
    }
    forgetEnded(state);
    owned.earliestDue = earliestDue(state.alerts.values());
    this.tell(state, rows, performance.now() - begun);
  }

  /** The first batch after a start: is it the topic that was folded? */
  private compare(owned: Owned, first: IncomingMessage | undefined): void {
    if (owned.compared || !first) return;
    const { partition, next } = owned.state;
    if (first.offset !== next - 1n || first.timestamp.getTime() !== owned.producedAt) {
      this.#renewed.add(partition);
      throw new Error(`${this.#topic}/${partition} holds another message at offset ${next - 1n} than was folded from there.`);
    }
    owned.compared = true;
  }

  private read({ partition, epoch }: PartitionState, incoming: IncomingMessage): PlacedAlertMessage {
    const { offset } = incoming;
    const why = this.#poison.get(`${partition}.${epoch}.${offset}`);
    if (why === undefined) return { offset, message: readMessage(incoming) };
    const excerpt = (incoming.value?.toString('utf8') ?? '').slice(0, 2_000).toWellFormed();
    const at = incoming.timestamp.getTime();
    return {
      offset,
      message: { kind: 'dead', eventId: '', reason: 'not-foldable', detail: why.slice(0, 500).toWellFormed(), excerpt, at },
    };
  }

  /** Alerts that commands name and that have ended: they are not kept in memory. */
  private async lookUp(state: PartitionState, messages: readonly PlacedAlertMessage[]): Promise<void> {
    const named = messages.flatMap(({ message }) => (message.kind === 'commanded' ? [message.command.alertId] : []));
    const missing = [...new Set(named)].filter((id) => !state.alerts.has(id));
    for (const body of await this.parts.log.alerts(this.shop, state.partition, missing)) keepAlert(state, JSON.parse(body) as Alert);
  }

  private tell(state: PartitionState, rows: readonly AlertLogRow[], milliseconds: number): void {
    this.parts.metrics.written(this.shop.shop, rows, milliseconds);
    if (rows.length > 0) this.parts.moved(this.shop.shop);
    const steps = rows.filter(({ kind }) => kind === 'alert');
    this.#publisher?.add(
      state.partition,
      state.next,
      steps.map((row) => movedEvent(this.shop.shop, row)),
    );
  }

  private placeRow({ state, producedAt }: Owned): AlertLogRow {
    const { partition, epoch, next } = state;
    const row = rowOf('place', { sent: this.#publisher?.sent(partition) ?? 0n, detail: producedAt === null ? '' : String(producedAt) });
    return { ...row, partition, epoch, offset: next, step: 0 };
  }
}
