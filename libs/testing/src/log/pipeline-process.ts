import { Alarms } from '#alarms';
import type { ClickHouse } from '#clickhouse';
import { LedgerWriter, Refresher } from '#ingestion';
import { LedgerRepository, ShopGate, WatermarkRepository, type LedgerSpan, type Shop } from '#warehouse';
import { placeOf, type LogPartition, type MemoryLog } from './memory-log.js';

export interface PipelineProcessOptions {
  /** Ledger rows per partition that one step takes at most; small ones make many steps. */
  readonly rowCap?: number;
  /** Milliseconds by which the refresher measures how long it may go without asking the ledger. */
  readonly elapsed?: () => number;
}

/** Nothing is written before somebody asks, and nobody waits: what happens is what the caller does, in the order in which he does it. */
const noWaits = { patienceMs: Infinity, manyRows: 1_000, fetchMs: 0 };

/**
 * What one process of the product holds in memory for a shop: its ledger writer and its refresher, the real ones, reading from a log
 * in memory. Dropping it is its death; a new one over the same store and log is its restart.
 */
export class PipelineProcess {
  readonly refresher: Refresher;
  readonly ledger: LedgerRepository;
  readonly alarms = new Alarms();
  readonly gate: ShopGate;
  readonly #writer: LedgerWriter;
  /** Offset of the next message to take, of each partition that is this process's. */
  readonly #next = new Map<string, bigint>();
  /** What was taken and is not durable yet. */
  readonly #kept = new Set<Promise<unknown>>();

  constructor(
    clickhouse: ClickHouse,
    private readonly shop: Shop,
    private readonly log: MemoryLog,
    { rowCap = 10_000, elapsed }: PipelineProcessOptions = {},
  ) {
    this.gate = new ShopGate(new WatermarkRepository(clickhouse));
    this.ledger = new LedgerRepository(clickhouse);
    const options = { rowCap, now: () => new Date(), claimedBy: 'tests', ...(elapsed ? { elapsed } : {}) };
    this.refresher = Refresher.over(clickhouse, shop, this.gate, options, this.ledger);
    const listener = {
      placed: () => this.refresher.ask(),
      waiting: () => undefined,
      written: ({ head }: Parameters<Written>[0]) => this.refresher.tell(head),
    };
    this.#writer = new LedgerWriter(shop, this.ledger, this.alarms, 'new-epoch', listener, noWaits);
  }

  /** Takes over the refresh; what the ledger holds already comes first. */
  async claim(): Promise<void> {
    await this.refresher.claim();
    await this.refresher.catchUp();
  }

  /** The partition is this process's from now on: the ledger says where it goes on. */
  async assign(place: LogPartition): Promise<void> {
    const { topic, partition } = place;
    this.#next.set(placeOf(place), await this.#writer.startAt(topic, partition, this.log.bounds(place)));
  }

  /** The partition is another's. What was taken of it and waits is written all the same, whenever the next `flush` comes. */
  revoke(place: LogPartition): void {
    this.#next.delete(placeOf(place));
  }

  /** Takes the next messages of a partition; they are durable after `flush`. @returns how many there were */
  async take(place: LogPartition, most = Infinity): Promise<number> {
    const key = placeOf(place);
    if (!this.#next.has(key)) await this.assign(place);
    const from = this.#next.get(key) ?? 0n;
    const messages = this.log.read(place, from, most);
    if (messages.length === 0) return 0;
    // As the consumer does: where a batch was not taken, or is lost, the ledger is asked again.
    const lost = (): unknown => this.#next.delete(key);
    try {
      const { durable } = await this.#writer.write(place.topic, { ...place, topic: `${this.shop.shop}.${place.topic}`, messages });
      this.#next.set(key, from + BigInt(messages.length));
      const ended: Promise<unknown> = durable.catch(lost).finally(() => this.#kept.delete(ended));
      this.#kept.add(ended);
    } catch (error) {
      lost();
      throw error;
    }
    return messages.length;
  }

  /** Writes what was taken. Resolves when all of it ended, well or not: what did not is taken again. */
  async flush(): Promise<void> {
    await this.#writer.flush();
    await Promise.all(this.#kept);
  }

  /** Takes and writes all that the log holds of some partitions. */
  async drain(places: readonly LogPartition[]): Promise<void> {
    for (const place of places) while ((await this.take(place, 500)) > 0) await this.flush();
    await this.flush();
  }

  /** Partitions of which the ledger does not hold every offset once, in words. */
  async holes(): Promise<string[]> {
    return (await this.ledger.spans(this.shop)).flatMap(holeIn);
  }
}

type Written = ConstructorParameters<typeof LedgerWriter>[4]['written'];

function holeIn({ topic, partition, epoch, first, last, distinct, missing }: LedgerSpan): string[] {
  if (first === 0n && distinct + missing === last + 1n) return [];
  return [`${topic}/${partition}, epoch ${epoch}: offsets ${first} to ${last}, of which ${distinct} are there and ${missing} are gaps`];
}
