import { ClickHouseFault, ident, sql, type ClickHouse } from '#clickhouse';
import {
  compareWarehouse,
  FaultyClickHouse,
  foldOracle,
  MemoryLog,
  openShop,
  PipelineProcess,
  placeOf,
  Random,
  storedInstant,
  type CompareOptions,
  type Difference,
  type Fault,
  type LogPartition,
  type OracleMessage,
  type TestMessage,
} from '#testing';
import type { Level, Position, Shop, Watermark } from '#warehouse';
import { shopSettings } from './desk.js';

/** Small, so that a backlog takes several steps. */
const rowCap = 7;
/** More than the refresher goes without asking the ledger. */
const longWaitMs = 1_500;

/** A process with its way to the store. */
interface Site {
  readonly store: FaultyClickHouse;
  readonly process: PipelineProcess;
}

/**
 * A shop that two processes ingest and one of them refreshes: the real parts over the real engine and a log in memory, with faults
 * wherever they are asked for.
 */
export class ShopUnderFaults {
  readonly #log = new MemoryLog();
  readonly #held: TestMessage[] = [];
  readonly #sites: Site[] = [];
  /** Which process has a partition. */
  readonly #owners = new Map<string, number>();
  #refreshing = 0;
  #elapsed = 0;
  /** How often what was asked for took place. */
  readonly counts = { crashes: 0, failures: 0, comparisons: 0 };

  private constructor(
    private readonly engine: ClickHouse,
    readonly shop: Shop,
  ) {
    this.#sites = [this.boot(), this.boot()];
  }

  static async open(engine: ClickHouse, name: string): Promise<ShopUnderFaults> {
    const shop = new ShopUnderFaults(engine, await openShop(engine, name, shopSettings));
    await shop.claim();
    return shop;
  }

  /** A message reaches its partition, or is held back until the next `release`. */
  append(message: TestMessage, held: boolean): void {
    if (held) this.#held.push(message);
    else this.#log.send(message);
  }

  /** What was held back reaches the log, in another order. */
  release(seed: number): void {
    for (const message of new Random(seed).shuffled(this.#held.splice(0))) this.append(message, false);
  }

  /** Each owner takes the next few messages of its partitions, or of one of them. */
  async fetch(pick: number | undefined, most: number, fault?: Fault): Promise<void> {
    const places = this.#log.partitions();
    const picked = pick === undefined ? places : places.filter((_, index) => index === pick % places.length);
    for (const [index, site] of this.#sites.entries()) {
      const own = picked.filter((place) => this.ownerOf(place) === index);
      if (own.length === 0) continue;
      await this.act(index, fault, async () => {
        for (const place of own) await site.process.take(place, most);
      });
    }
  }

  /** A process writes what waits. */
  async flush(which: number, fault?: Fault): Promise<void> {
    await this.act(which % 2, fault, ({ process }) => process.flush());
  }

  /** As the product steps: what waits in its own writer is written first. */
  async step(fault?: Fault): Promise<void> {
    await this.act(this.#refreshing, fault, async ({ process }) => {
      await process.flush();
      await process.refresher.step();
    });
  }

  async settle(fault?: Fault): Promise<void> {
    await this.act(this.#refreshing, fault, ({ process }) => process.refresher.settle());
  }

  async views(fault?: Fault): Promise<void> {
    await this.act(this.#refreshing, fault, ({ process }) => process.refresher.refreshViews());
  }

  /** So long that the refresher no longer trusts what its own writer told it. */
  wait(): void {
    this.#elapsed += longWaitMs;
  }

  /** A process dies where it stands and starts again, perhaps to meet a fault in doing so. */
  async restart(which: number, fault?: Fault): Promise<void> {
    await this.#sites[which % 2]?.store.kill();
    await this.revive(which % 2, fault);
  }

  /** Another process gets a partition. @param zombie the former owner still has what it took, and writes it later */
  async rebalance(pick: number, zombie: boolean): Promise<void> {
    const places = this.#log.partitions();
    const place = places[pick % Math.max(1, places.length)];
    if (!place) return;
    const owner = this.ownerOf(place);
    if (!zombie) await this.flush(owner);
    this.site(owner).process.revoke(place);
    this.#owners.set(placeOf(place), 1 - owner);
    await this.act(1 - owner, undefined, ({ process }) => process.assign(place));
  }

  /** The refresh goes over to the other process. */
  async handOver(fault?: Fault): Promise<void> {
    this.#refreshing = 1 - this.#refreshing;
    await this.claim(fault);
  }

  /** The broker deletes messages that nobody has read. */
  async loseUnread(pick: number, share: number): Promise<void> {
    await this.overLog(pick, async (place, process) => {
      await process.flush();
      await process.assign(place);
      const { next } = (await process.ledger.head(this.shop, place.topic, place.partition)) ?? { next: 0n };
      const { end } = this.#log.bounds(place);
      this.#log.trim(place, next + BigInt(Math.floor(Number(end - next) * share)), next);
    });
  }

  /** A topic is made anew once all it held was read. */
  async recreate(pick: number): Promise<void> {
    await this.overLog(pick, async (place, process) => {
      await process.drain([place]);
      this.#log.recreate(place);
    });
  }

  /**
   * A level against the oracle over what its watermark says it holds, whenever readers are told that they may trust it. The views are
   * left out: they follow later.
   */
  async differencesNow(level: Level): Promise<Difference[]> {
    const { refresher, gate } = this.site(this.#refreshing).process;
    const compare = (): Promise<Difference[]> => {
      const stands = level === 'live' ? refresher.live : refresher.watermark;
      return this.differences(this.#log.before(stands?.positions ?? []), stands, { level, withoutViews: true });
    };
    const { value, stamp } = await gate.read(this.shop, compare, level);
    return stamp.partial ? [] : value;
  }

  /** Everything comes to its end without a fault; then every cell is compared with the oracle over all that was sent. */
  async finish(): Promise<Difference[]> {
    this.release(1);
    for (const index of this.#sites.keys()) await this.flush(index);
    for (const index of this.#sites.keys()) {
      const own = this.#log.partitions().filter((place) => this.ownerOf(place) === index);
      await this.act(index, undefined, ({ process }) => process.drain(own));
    }
    this.wait();
    await this.act(this.#refreshing, undefined, ({ process }) => process.refresher.catchUp());
    await this.views();
    const { store, process } = this.site(this.#refreshing);
    const holes = (await store.reading(() => process.holes())).map((hole) => ({
      table: 'ledger',
      key: hole,
      column: '(offsets)',
      expected: 'all',
      actual: null,
    }));
    const behind = this.behind(process.refresher.watermark);
    return [...behind, ...holes, ...(await this.differences(this.#log.all(), process.refresher.watermark, {}))];
  }

  /** Its tables go: a store of many shops is slow. */
  async remove(): Promise<void> {
    await this.engine.command(sql`DROP DATABASE ${ident(this.shop.database)} SYNC`);
  }

  private async differences(
    messages: readonly OracleMessage[],
    stands: Watermark | undefined,
    options: CompareOptions,
  ): Promise<Difference[]> {
    this.counts.comparisons += 1;
    const oracle = foldOracle(messages, this.shop);
    const expected = oracle.clock === null ? null : storedInstant(oracle.clock);
    const actual = stands?.clock ? storedInstant(stands.clock.getTime()) : null;
    const clock = expected === actual ? [] : [{ table: 'watermark', key: options.level ?? 'settled', column: 'clock', expected, actual }];
    const print = (): void => undefined;
    return [...clock, ...(await compareWarehouse(this.engine, this.shop.database, oracle, this.shop, { ...options, print }))];
  }

  /** Partitions whose end the figures have not reached. */
  private behind(stands: Watermark | undefined): Difference[] {
    const texts = (positions: readonly Position[]) => new Map(positions.map((each) => [placeOf(each), `${each.epoch}:${each.next}`]));
    const reached = texts(stands?.positions ?? []);
    return [...texts(this.#log.ends())].flatMap(([place, end]) =>
      reached.get(place) === end
        ? []
        : [{ table: 'watermark', key: place, column: 'positions', expected: end, actual: reached.get(place) ?? null }],
    );
  }

  private async overLog(pick: number, change: (place: LogPartition, process: PipelineProcess) => Promise<void>): Promise<void> {
    const places = this.#log.partitions();
    const place = places[pick % Math.max(1, places.length)];
    if (!place) return;
    // Nobody holds anything of it back: what the broker no longer has was either written or read by nobody.
    for (const index of this.#sites.keys()) await this.flush(index);
    const owner = this.ownerOf(place);
    await this.act(owner, undefined, async ({ process }) => {
      await change(place, process);
      await process.assign(place);
    });
  }

  private async claim(fault?: Fault): Promise<void> {
    await this.act(this.#refreshing, fault, ({ process }) => process.claim());
    // A claim that failed is tried again.
    if (fault?.kind === 'failure') await this.act(this.#refreshing, undefined, ({ process }) => process.claim());
  }

  private async act(index: number, fault: Fault | undefined, work: (site: Site) => Promise<unknown>): Promise<void> {
    const site = this.site(index);
    try {
      await site.store.under(fault, () => work(site));
    } catch (error) {
      if (!(fault?.kind === 'failure' && error instanceof ClickHouseFault && error.code === 'engine-unavailable')) throw error;
      this.counts.failures += 1;
    }
    if (site.store.dead) await this.revive(index);
    else await site.store.reading(() => site.process.refresher.learnt());
  }

  private async revive(index: number, fault?: Fault): Promise<void> {
    this.counts.crashes += 1;
    this.#sites[index] = this.boot();
    if (index === this.#refreshing) await this.claim(fault);
  }

  private boot(): Site {
    const store = new FaultyClickHouse(this.engine);
    return { store, process: new PipelineProcess(store, this.shop, this.#log, { rowCap, elapsed: () => this.#elapsed }) };
  }

  private site(index: number): Site {
    const site = this.#sites[index];
    if (!site) throw new RangeError(`There is no process ${index}.`);
    return site;
  }

  private ownerOf(place: LogPartition): number {
    return this.#owners.get(placeOf(place)) ?? place.partition % 2;
  }
}
