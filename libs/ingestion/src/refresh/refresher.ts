import type { ClickHouse, Sql } from '#clickhouse';
import {
  areWithin,
  before,
  between,
  ClaimRepository,
  generationOf,
  instantOf,
  isLost,
  LedgerRepository,
  lost,
  newest,
  RefreshRepository,
  WatermarkRepository,
  type Guarded,
  type LedgerHead,
  type LedgerTopic,
  type Level,
  type Position,
  type Shop,
  type ShopGate,
  type StepTimings,
  type Watermark,
} from '#warehouse';
import { nextPositions, notBeyond, ofTopic, reaches } from './positions.js';
import { SourceClock } from './source-clock.js';
import { later, Told } from './told.js';

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
  /** Milliseconds since some fixed moment, by which waits are measured; those of the process by default. */
  readonly elapsed?: () => number;
}

/** Entries that may wait for a settling: bounds memory, and what a crash makes the next start do again. */
const maxPending = 100_000;
/** How long the word of this process's writer is enough, where others may write too. */
const askMs = 1_000;
/** Batches that are remembered for the steps; beyond them the ledger is asked. */
const mostTold = 10_000;
/** Between two checkpoints of the live level, milliseconds: what a start after a crash folds again, at most. A settling is one, too. */
const checkpointMs = 1_000;
/** Ticks before the live watermark that may not have taken effect yet. */
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
  #claim = 0;
  /** How far the live level was before the claim, as long as no settling knows what its steps left. */
  #unremembered: readonly Position[] | undefined;
  /** Whether a statement may still be on its way to the store, though it failed. */
  #unsure = false;
  #generation = 0n;
  readonly #clock: SourceClock;
  readonly #told = new Told();
  #askedAt = -Infinity;
  /** How often the ledger had been written when it was asked. */
  #askedWrites: number | undefined;
  #checkpointAt = -Infinity;
  readonly #elapsed: () => number;

  constructor(
    private readonly shop: Shop,
    private readonly ledger: LedgerRepository,
    private readonly refresh: RefreshRepository,
    private readonly watermarks: WatermarkRepository,
    private readonly claims: ClaimRepository,
    private readonly gate: ShopGate,
    private readonly options: RefresherOptions,
  ) {
    this.#clock = new SourceClock(shop);
    this.#elapsed = options.elapsed ?? (() => performance.now());
  }

  /** The parts over one engine. @param ledger the one that this process writes, if it does */
  static over(
    clickhouse: ClickHouse,
    shop: Shop,
    gate: ShopGate,
    options: RefresherOptions,
    ledger = new LedgerRepository(clickhouse),
  ): Refresher {
    const refresh = new RefreshRepository(clickhouse, shop, ledger.tail);
    return new Refresher(shop, ledger, refresh, new WatermarkRepository(clickhouse), new ClaimRepository(clickhouse), gate, options);
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

  /**
   * Takes the shop over: generations from here on lie above all earlier ones, and both levels go on from their own watermark. Rows of
   * steps that were cut off, or came after the checkpoint, may lie beyond it: they are written again before the ledger's end is reached.
   * @throws {WarehouseError} `claim-lost` when another process claimed it meanwhile
   */
  async claim(): Promise<void> {
    // One that fails half-way is made again before anything is written: it may have been taken.
    this.#unsure = true;
    const { number } = await this.claims.claim(this.shop, this.options.claimedBy);
    this.#claim = number;
    this.#generation = generationOf(number);
    await this.refresh.restart(number);
    const settled = await this.watermarks.read(this.shop, 'settled', 'refresher');
    const live = newest([settled, await this.watermarks.read(this.shop, 'live', 'refresher')]);
    const ahead = live !== settled;
    this.#settled = settled;
    this.#live = live;
    this.#unsettled = ahead;
    this.#unremembered = ahead ? live?.positions : undefined;
    this.#unsettledRows = 0;
    this.#askedAt = -Infinity;
    this.#unsure = false;
    if (this.shop.clockMode === 'source' && this.#live) {
      const known = before(ofTopic(this.#live.positions, 'clock.v1'));
      this.#clock.add(await this.ledger.ticks(this.shop, known, recentTicks));
    }
    // A process that claims the shop anew has not moved it: its readers stand where they stood.
    if (this.gate.owns(this.shop.shop)) return;
    // Who came before may have died while he wrote anything that the ledger holds by now. How far he came is known from nothing else: the
    // live watermark ends with the engine, and checkpoints are a second apart.
    // An epoch that was begun and has no message yet has no step to pass it, and nothing to write.
    const ends = (await this.ledger.heads(this.shop, settled?.positions)).filter(({ next }) => next > 0n);
    for (const [level, watermark] of [
      ['settled', settled],
      ['live', live],
    ] as const) {
      this.gate.stands(this.shop, level, watermark);
      if (!areWithin(ends, watermark?.positions ?? [])) this.gate.doubts(this.shop, level, ends);
    }
  }

  /**
   * The writer of this process says what it wrote, and where the partition ends now: the next step need not ask the store, which takes as
   * long as folding. What others write is found by asking, once a second; where the store is this process's alone, once after the claim or
   * a failure.
   */
  tell(batch: LedgerHead): void {
    this.#told.add(batch);
    // While another process refreshes the shop nobody takes them.
    if (this.#told.size <= mostTold) return;
    this.#told.clear();
    this.ask();
  }

  /** Whether the writer told of rows that no step has taken. */
  get hasNews(): boolean {
    return this.#told.goesBeyond(this.#live?.positions ?? []);
  }

  /** The next step asks the ledger for its ends, whatever was told. */
  ask(): void {
    this.#askedAt = -Infinity;
  }

  /**
   * Facts and headline, one step.
   * @param until where to stop though the ledger goes on
   * @returns what was committed, or undefined when the ledger did not move
   */
  async step(until?: readonly Position[]): Promise<Committed | undefined> {
    await this.sure();
    const start = performance.now();
    const from = this.#live?.positions ?? [];
    const { heads, all } = until
      ? { heads: notBeyond(await this.ledger.heads(this.shop, from), until), all: false }
      : await this.heads(from);
    const to = nextPositions(from, heads, this.options.rowCap);
    try {
      if (!to) {
        if (all) this.refresh.caughtUp(from);
        // The reply of a step was lost and its watermark was not: nothing is left to do, and readers do not know it.
        if (until || !all || !this.gate.isTorn(this.shop, 'live')) return undefined;
        return await this.commit('live', start, from, from, 0, this.#live?.clock ?? null);
      }
      const range = rangeOf(from, to);
      const whole = !until && reaches(to, heads);
      const fresh = whole ? sumOf(heads) : await this.ledger.freshness(this.shop, range);
      if (!whole) this.#askedAt = -Infinity;
      if (this.shop.clockMode === 'source' && heads.some((head) => head.topic === 'clock.v1')) {
        this.#clock.add(await this.ledger.ticks(this.shop, range('clock.v1'), this.options.rowCap));
      }
      const committed = await this.commit('live', start, from, to, fresh.rows, this.clockAfter(fresh.recorded, to));
      if (all && whole) this.refresh.caughtUp(to);
      return committed;
    } catch (error) {
      // What was told of this step is forgotten: the ledger knows.
      this.#askedAt = -Infinity;
      throw error;
    }
  }

  /** Ends of the partitions that moved, as told, or all of them from the ledger. */
  private async heads(from: readonly Position[]): Promise<{ heads: LedgerHead[]; all: boolean }> {
    if (this.#told.size > 0 && this.#elapsed() - this.#askedAt < (this.claims.shared ? askMs : Infinity)) {
      const heads = this.#told.take(from, this.options.rowCap);
      if (heads) return { heads, all: false };
    }
    this.#told.clear();
    const writes = this.ledger.writes(this.shop);
    // Nobody wrote since it was asked, and all that was there was taken.
    if (writes !== undefined && writes === this.#askedWrites && this.#askedAt > -Infinity) return { heads: [], all: false };
    // An answer that does not come leaves it unasked.
    this.#askedAt = -Infinity;
    const askedAt = this.#elapsed();
    const heads = await this.ledger.heads(this.shop, from);
    this.#askedAt = askedAt;
    this.#askedWrites = writes;
    return { heads, all: true };
  }

  /** Dimensions, customers, campaigns, up to where the live level stands. @returns undefined when they stand there already */
  async settle(): Promise<Committed | undefined> {
    await this.sure();
    const live = this.#live;
    if (!live || !(this.#unsettled || this.gate.isTorn(this.shop, 'settled'))) return undefined;
    await this.remember();
    return this.commit('settled', performance.now(), this.#settled?.positions ?? [], live.positions, this.#unsettledRows, live.clock);
  }

  /** What the steps before the claim left for a settling, a step's rows at a time. */
  private async remember(): Promise<void> {
    const until = this.#unremembered;
    if (!until) return;
    const generation = generationOf(this.#claim);
    let rows = 0;
    for (let from = this.#settled?.positions ?? [], to; ; from = to) {
      const heads = notBeyond(await this.ledger.heads(this.shop, from), until);
      to = nextPositions(from, heads, this.options.rowCap);
      if (!to) break;
      await this.refresh.remember({ shop: this.shop, generation, from, to });
      rows += (await this.ledger.freshness(this.shop, rangeOf(from, to))).rows;
    }
    this.#unsettledRows += rows;
    this.#unremembered = undefined;
  }

  /** Lets shop time move while no event comes, where it is the wall's. @returns undefined where it is not */
  async tick(): Promise<Committed | undefined> {
    await this.sure();
    const live = this.#live;
    if (this.shop.clockMode !== 'wall' || !live) return undefined;
    return this.commit('live', performance.now(), live.positions, live.positions, 0, this.clockAfter(null, live.positions));
  }

  /**
   * Steps until the ledger's end, settled only where too much waits.
   * @param until where to stop though the ledger goes on
   * @returns the number of steps
   */
  async follow(until?: readonly Position[], onStep?: (committed: Committed) => void): Promise<number> {
    let steps = 0;
    for (let committed = await this.step(until); committed; committed = await this.step(until)) {
      steps += 1;
      onStep?.(committed);
      if (this.full) await this.settle();
    }
    return steps;
  }

  /** Steps until the ledger's end as `follow` does, all settled. */
  async catchUp(until?: readonly Position[], onStep?: (committed: Committed) => void): Promise<number> {
    const steps = await this.follow(until, onStep);
    await this.settle();
    return steps;
  }

  /** Resolves when the steps look for nothing any more that is surely new. They are right before that, only slower. */
  async learnt(): Promise<void> {
    await this.refresh.learnt();
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
        const standing = this.#settled;
        // Nobody reads ahead meanwhile: customers may have other keys in these tables, and not all are exchanged at once.
        this.gate.doubts(this.shop, 'settled');
        // First: whatever comes to stand here, the next step writes above it.
        await this.claim();
        // A watermark row that the disk did not take is not in the store, but the tables are of its positions.
        if (standing && standing.generation > (this.#settled?.generation ?? -1n)) this.#settled = this.#live = standing;
        const levels = ['settled', 'live'] as const;
        if (this.#settled) for (const level of levels) await this.watermarks.begin(this.shop, level, this.#generation + 2n);
        // Done by half it is no reason to stop: all that stands is of these positions.
        await exchange().catch((error: unknown) => (failure = error instanceof Error ? error : new Error(String(error))));
        if (!this.#settled) return;
        // What stands here now bears the fence of nobody.
        if (this.claims.shared) await this.claim();
        this.#generation += 2n;
        const watermark: Watermark = { ...this.#settled, generation: this.#generation, committedAt: this.options.now() };
        for (const level of levels) {
          await this.watermarks.write(this.shop, level, watermark, 0);
          this.gate.stands(this.shop, level, watermark);
        }
        this.#settled = this.#live = watermark;
      }),
    );
    if (failure) throw failure;
  }

  /** Which generation RFM, cohorts and segment flow are of, as they stand; 0 where that cannot be said. */
  viewsGeneration(): Promise<bigint> {
    return this.refresh.viewsGeneration();
  }

  /** Brings RFM, cohorts and segment flow to the settled generation. Nothing to do before the shop has a clock. */
  async refreshViews(): Promise<void> {
    if (this.#settled?.clock) await this.refresh.refreshViews();
  }

  /** The same, unless they are of it. */
  async bringViews(): Promise<void> {
    if (this.#settled?.generation !== (await this.viewsGeneration())) await this.refreshViews();
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
    const guarded: Guarded = (work) =>
      this.gate.write(this.shop, level, async () => {
        await this.watermarks.begin(this.shop, level, step.generation);
        const additions = await work();
        await this.watermarks.write(this.shop, level, watermark, ledgerRows);
        this.gate.stands(this.shop, level, watermark, additions);
      });
    const running = level === 'live' ? this.refresh.live(step, guarded) : this.refresh.settle(step, guarded);
    const timings = await running.catch((error: unknown) => this.explain(error));
    if (level === 'live') {
      this.#live = watermark;
      this.#unsettled = true;
      this.#unsettledRows += ledgerRows;
      if (this.#elapsed() - this.#checkpointAt >= checkpointMs) await this.checkpoint(watermark);
    } else {
      this.#checkpointAt = this.#elapsed();
      this.#settled = watermark;
      this.#unsettled = false;
      this.#unsettledRows = 0;
    }
    return { level, watermark, ledgerRows, milliseconds: performance.now() - start, timings };
  }

  /** Where the next start may go on. Should it not come to the disk, it goes on from an earlier one. */
  private async checkpoint(watermark: Watermark): Promise<void> {
    this.#checkpointAt = this.#elapsed();
    const writing = this.watermarks.write(this.shop, 'checkpoint', watermark, 0).catch((error: unknown) => this.explain(error));
    await writing.catch((error: unknown) => {
      if (isLost(error)) throw error;
    });
  }

  /** Why a step failed: the store refuses a refresher that is not the newest one, whatever it was about to write. */
  private async explain(error: unknown): Promise<never> {
    this.#unsure = true;
    const newest = await this.claims.newest(this.shop).catch(() => undefined);
    throw newest === undefined || newest.number === this.#claim ? error : lost(this.shop, newest);
  }

  /** After a failure: a statement whose end nobody learnt is carried out before the new claim or not at all. */
  private async sure(): Promise<void> {
    if (this.#unsure && this.claims.shared) await this.claim();
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

/** Predicates on what lies between two sets of positions, by topic. */
function rangeOf(from: readonly Position[], to: readonly Position[]): (topic: LedgerTopic) => Sql {
  return (topic) => between(ofTopic(from, topic), ofTopic(to, topic));
}

function sumOf(heads: readonly LedgerHead[]): { rows: number; recorded: string | null } {
  return heads.reduce((sum, head) => ({ rows: sum.rows + head.rows, recorded: later(sum.recorded, head.recorded) }), {
    rows: 0,
    recorded: null as string | null,
  });
}
