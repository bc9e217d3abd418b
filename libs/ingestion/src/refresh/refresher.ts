import type { ClickHouse } from '#clickhouse';
import {
  before,
  between,
  instantOf,
  LedgerRepository,
  RefreshRepository,
  WatermarkRepository,
  type LedgerHead,
  type LedgerTopic,
  type Level,
  type Position,
  type Shop,
  type ShopGate,
  type StepTimings,
  type Watermark,
} from '#warehouse';
import { nextPositions, notBeyond, placeOf, reaches } from './next-positions.js';
import { SourceClock } from './source-clock.js';

/** What a step did, for the hint, metrics and logs. */
export interface Committed {
  readonly level: Level;
  readonly watermark: Watermark;
  readonly ledgerRows: number;
  readonly milliseconds: number;
  readonly timings: StepTimings;
}

export interface RefresherOptions {
  /** Ledger rows per partition that one step takes at most: bounds memory and the time readers wait. */
  readonly rowCap: number;
  /** Shop time where no event moves it. */
  readonly now: () => Date;
  /** Named in the claim, so that an operator sees who refreshes. */
  readonly claimedBy: string;
  /** Asked right before a watermark is written; throws when another process refreshes the shop now. */
  readonly fence?: () => Promise<void>;
}

/** Entries that may wait for a settling: bounds memory, and what a crash makes the next start do again. */
const maxPending = 200_000;
/** How long the word of this process's writer is enough. */
const askMs = 1_000;
/** Ticks before the settled watermark that may not have taken effect yet. */
const recentTicks = 100;

/**
 * Moves one shop's figures to the ledger's end: `step` the facts and the headline, `settle` everything else up to where the steps
 * came. There is one refresher per shop; what it does is a function of the ledger, so what died is simply done again under a higher
 * generation, from the settled watermark on.
 */
export class Refresher {
  #live: Watermark | undefined;
  #settled: Watermark | undefined;
  /** Whether the live level is ahead of the settled one, and by how many ledger rows. */
  #unsettled = false;
  #unsettledRows = 0;
  #generation = 0n;
  readonly #clock: SourceClock;
  /** Ends of partitions that the writer of this process told of since the last step. */
  #told = new Map<string, LedgerHead>();
  #askedAt = -Infinity;

  constructor(
    private readonly shop: Shop,
    private readonly ledger: LedgerRepository,
    private readonly refresh: RefreshRepository,
    private readonly watermarks: WatermarkRepository,
    private readonly gate: ShopGate,
    private readonly options: RefresherOptions,
  ) {
    this.#clock = new SourceClock(shop);
  }

  /** The parts over one engine. @param ledger the one that this process writes, if it does */
  static over(
    clickhouse: ClickHouse,
    shop: Shop,
    gate: ShopGate,
    options: RefresherOptions,
    ledger = new LedgerRepository(clickhouse),
  ): Refresher {
    const watermarks = new WatermarkRepository(clickhouse);
    return new Refresher(shop, ledger, new RefreshRepository(clickhouse, shop, ledger.tail), watermarks, gate, options);
  }

  /** Where all figures stand, or undefined before the first settling. */
  get watermark(): Watermark | undefined {
    return this.#settled;
  }

  /** Where facts and headline stand. */
  get live(): Watermark | undefined {
    return this.#live;
  }

  /** Whether the live level is ahead of the settled one. */
  get unsettled(): boolean {
    return this.#unsettled;
  }

  /** Whether so much waits that it should be settled before the next step. */
  get full(): boolean {
    return this.refresh.pending > maxPending;
  }

  /** Takes the shop over: generations from here on lie above all earlier ones, and the live level starts from the settled one. */
  async claim(): Promise<void> {
    this.#generation = await this.watermarks.claim(this.shop, this.options.claimedBy);
    this.#settled = await this.watermarks.read(this.shop, 'settled', 'refresher');
    this.#live = this.#settled;
    this.#unsettled = false;
    this.#unsettledRows = 0;
    this.refresh.restart();
    if (this.shop.clockMode === 'source' && this.#settled) {
      const known = before(ofTopic(this.#settled.positions, 'clock.v1'));
      this.#clock.add(await this.ledger.ticks(this.shop, known, recentTicks));
    }
    this.gate.stands(this.shop, 'settled', this.#settled);
    this.gate.stands(this.shop, 'live', this.#live);
  }

  /**
   * The writer of this process says where a partition ends now: the next step need not ask the store, which takes as long as folding.
   * What others write is found by asking, once a second.
   */
  tell(head: LedgerHead): void {
    const before = this.#told.get(placeOf(head));
    this.#told.set(
      placeOf(head),
      before ? { ...head, rows: before.rows + head.rows, recorded: later(before.recorded, head.recorded) } : head,
    );
  }

  /**
   * Facts and headline, one step.
   * @param until where to stop though the ledger goes on
   * @returns what was committed, or undefined when the ledger did not move
   */
  async step(until?: readonly Position[]): Promise<Committed | undefined> {
    const start = performance.now();
    const from = this.#live?.positions ?? [];
    const heads = until ? notBeyond(await this.ledger.heads(this.shop, from), until) : await this.heads(from);
    const to = nextPositions(from, heads, this.options.rowCap);
    if (!to) return undefined;
    try {
      const range = (topic: LedgerTopic) => between(ofTopic(from, topic), ofTopic(to, topic));
      const whole = !until && reaches(to, heads);
      const fresh = whole ? sumOf(heads) : await this.ledger.freshness(this.shop, range);
      if (!whole) this.#askedAt = -Infinity;
      if (this.shop.clockMode === 'source' && heads.some((head) => head.topic === 'clock.v1')) {
        this.#clock.add(await this.ledger.ticks(this.shop, range('clock.v1'), this.options.rowCap));
      }
      return await this.commit('live', start, from, to, fresh.rows, this.clockAfter(fresh.recorded, to));
    } catch (error) {
      // What was told of this step is forgotten: the ledger knows.
      this.#askedAt = -Infinity;
      throw error;
    }
  }

  /** Ends of the partitions that moved, as told, or from the ledger. */
  private async heads(from: readonly Position[]): Promise<LedgerHead[]> {
    const told = this.#told;
    this.#told = new Map();
    if (told.size > 0 && performance.now() - this.#askedAt < askMs) {
      return [...told.values()].filter((head) => {
        const position = from.find((each) => placeOf(each) === placeOf(head));
        return !position || position.epoch !== head.epoch || position.next < head.next;
      });
    }
    this.#askedAt = performance.now();
    return this.ledger.heads(this.shop, from);
  }

  /** Dimensions, customers, campaigns, up to where the live level stands. @returns undefined when they stand there already */
  async settle(): Promise<Committed | undefined> {
    const live = this.#live;
    if (!live || !this.#unsettled) return undefined;
    return this.commit('settled', performance.now(), this.#settled?.positions ?? [], live.positions, this.#unsettledRows, live.clock);
  }

  /** Lets shop time move while no event comes, where it is the wall's. @returns undefined where it is not */
  async tick(): Promise<Committed | undefined> {
    const live = this.#live;
    if (this.shop.clockMode !== 'wall' || !live) return undefined;
    return this.commit('live', performance.now(), live.positions, live.positions, 0, this.clockAfter(null, live.positions));
  }

  /**
   * Steps until the ledger's end, all settled.
   * @param until where to stop though the ledger goes on
   * @returns the number of steps
   */
  async catchUp(until?: readonly Position[], onStep?: (committed: Committed) => void): Promise<number> {
    let steps = 0;
    for (let committed = await this.step(until); committed; committed = await this.step(until)) {
      steps += 1;
      onStep?.(committed);
      if (this.full) await this.settle();
    }
    await this.settle();
    return steps;
  }

  /**
   * Puts other tables of the same positions in the place of those that stand: to be called while both levels stand at one place. Readers
   * wait for it, and what they kept by generation is of no use any more. Should it fail half-way each table is one or the other, and all
   * are of these positions.
   * @param exchange does it
   */
  async replace(exchange: () => Promise<void>): Promise<void> {
    let failure: Error | undefined;
    await this.gate.write(this.shop, 'live', () =>
      this.gate.write(this.shop, 'settled', async () => {
        await this.options.fence?.();
        // First: whatever comes to stand here, the next step writes above it.
        await this.claim();
        // Done by half it is no reason to stop: all that stands is of these positions.
        await exchange().catch((error: unknown) => (failure = error instanceof Error ? error : new Error(String(error))));
        if (!this.#settled) return;
        await this.options.fence?.();
        this.#generation += 2n;
        const watermark: Watermark = { ...this.#settled, generation: this.#generation, committedAt: this.options.now() };
        for (const level of ['settled', 'live'] as const) {
          await this.watermarks.write(this.shop, level, watermark, 0);
          this.gate.stands(this.shop, level, watermark);
        }
        this.#settled = this.#live = watermark;
      }),
    );
    if (failure) throw failure;
  }

  /** Brings RFM, cohorts and segment flow to the settled generation. Nothing to do before the shop has a clock. */
  async refreshViews(): Promise<void> {
    if (this.#settled?.clock) await this.refresh.refreshViews();
  }

  private async commit(
    level: Level,
    start: number,
    from: readonly Position[],
    to: readonly Position[],
    ledgerRows: number,
    clock: Date | null,
  ): Promise<Committed> {
    // Tombstones of a step lie one below its live rows.
    this.#generation += 2n;
    const step = { shop: this.shop, generation: this.#generation, from, to };
    const watermark: Watermark = { generation: step.generation, clock, positions: to, committedAt: this.options.now() };
    const guarded = (work: () => Promise<void>): Promise<void> =>
      this.gate.write(this.shop, level, async () => {
        await work();
        await this.options.fence?.();
        await this.watermarks.write(this.shop, level, watermark, ledgerRows);
        this.gate.stands(this.shop, level, watermark);
      });
    const timings = await (level === 'live' ? this.refresh.live(step, guarded) : this.refresh.settle(step, guarded));
    if (level === 'live') {
      this.#live = watermark;
      this.#unsettled = true;
      this.#unsettledRows += ledgerRows;
    } else {
      this.#settled = watermark;
      this.#unsettled = false;
      this.#unsettledRows = 0;
    }
    return { level, watermark, ledgerRows, milliseconds: performance.now() - start, timings };
  }

  /** Shop time only moves forward, whatever the events say. */
  private clockAfter(recorded: string | null, to: readonly Position[]): Date | null {
    const earlier = this.#live?.clock ?? null;
    const candidate = {
      wall: () => this.options.now(),
      data: () => (recorded === null ? null : instantOf(recorded)),
      source: () => this.#clock.at(to),
    }[this.shop.clockMode]();
    if (earlier === null) return candidate;
    return candidate !== null && candidate > earlier ? candidate : earlier;
  }
}

function ofTopic(positions: readonly Position[], topic: LedgerTopic): Position[] {
  return positions.filter((each) => each.topic === topic);
}

function sumOf(heads: readonly LedgerHead[]): { rows: number; recorded: string | null } {
  return heads.reduce((sum, head) => ({ rows: sum.rows + head.rows, recorded: later(sum.recorded, head.recorded) }), {
    rows: 0,
    recorded: null as string | null,
  });
}

function later(left: string | null, right: string | null): string | null {
  return left === null || (right !== null && right > left) ? right : left;
}
