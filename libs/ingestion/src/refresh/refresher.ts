import type { ClickHouse } from '#clickhouse';
import {
  between,
  instantOf,
  LedgerRepository,
  RefreshRepository,
  WatermarkRepository,
  type LedgerHead,
  type Position,
  type Shop,
  type ShopGate,
  type StepTimings,
  type Watermark,
} from '#warehouse';

/** What a step did, for the hint, metrics and logs. */
export interface Committed {
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

/**
 * Moves one shop's facts and derived tables to the ledger's end, step by step. There is one refresher per shop; every step
 * is a pure function of the ledger up to its positions, so a step that died is simply done again under a higher generation.
 */
export class Refresher {
  #watermark: Watermark | undefined;
  #generation = 0n;

  constructor(
    private readonly shop: Shop,
    private readonly ledger: LedgerRepository,
    private readonly refresh: RefreshRepository,
    private readonly watermarks: WatermarkRepository,
    private readonly gate: ShopGate,
    private readonly options: RefresherOptions,
  ) {}

  /** The parts over one engine. */
  static over(clickhouse: ClickHouse, shop: Shop, gate: ShopGate, options: RefresherOptions): Refresher {
    const watermarks = new WatermarkRepository(clickhouse);
    return new Refresher(shop, new LedgerRepository(clickhouse), new RefreshRepository(clickhouse), watermarks, gate, options);
  }

  /** Where the figures stand, or undefined before the first step. */
  get watermark(): Watermark | undefined {
    return this.#watermark;
  }

  /** Takes the shop over: generations from here on lie above all earlier ones. */
  async claim(): Promise<void> {
    this.#generation = await this.watermarks.claim(this.shop, this.options.claimedBy);
    this.#watermark = await this.watermarks.read(this.shop, 'refresher');
    this.gate.stands(this.shop, this.#watermark);
  }

  /** One step. @returns what was committed, or undefined when the ledger did not move */
  async step(): Promise<Committed | undefined> {
    const from = this.#watermark?.positions ?? [];
    const to = nextPositions(from, await this.ledger.heads(this.shop, from), this.options.rowCap);
    if (!to) return undefined;

    const start = performance.now();
    this.#generation += 1n;
    const step = { shop: this.shop, generation: this.#generation, from, to };
    const fresh = await this.ledger.freshness(this.shop, (topic) =>
      between(
        from.filter((each) => each.topic === topic),
        to.filter((each) => each.topic === topic),
      ),
    );
    let watermark: Watermark | undefined;
    const timings = await this.refresh.run(step, (work) =>
      this.gate.write(this.shop, async () => {
        await work();
        watermark = {
          generation: step.generation,
          clock: this.clockAfter(fresh.recorded),
          positions: to,
          committedAt: this.options.now(),
        };
        await this.options.fence?.();
        await this.watermarks.write(this.shop, watermark, fresh.rows);
        this.gate.stands(this.shop, watermark);
      }),
    );
    if (!watermark) return undefined;
    this.#watermark = watermark;
    return { watermark, ledgerRows: fresh.rows, milliseconds: performance.now() - start, timings };
  }

  /** Steps until the ledger's end. @returns the number of steps */
  async catchUp(): Promise<number> {
    let steps = 0;
    while (await this.step()) steps += 1;
    return steps;
  }

  /** Brings RFM, cohorts and segment flow to the newest generation. Nothing to do before the shop has a clock. */
  async refreshViews(): Promise<void> {
    if (this.#watermark?.clock) await this.refresh.refreshViews(this.shop);
  }

  /** Shop time only moves forward, whatever the events say. */
  private clockAfter(recorded: string | null): Date | null {
    const before = this.#watermark?.clock ?? null;
    const candidate = this.shop.clockMode === 'wall' ? this.options.now() : recorded === null ? null : instantOf(recorded);
    if (before === null) return candidate;
    return candidate !== null && candidate > before ? candidate : before;
  }
}

/** The positions after the next step, or undefined when no partition moved. */
export function nextPositions(from: readonly Position[], heads: readonly LedgerHead[], rowCap: number): Position[] | undefined {
  const positions = new Map<string, Position>(from.map((each) => [placeOf(each), each]));
  const moved = new Set<string>();
  // Oldest epoch first, one epoch per partition and step: an epoch is finished before the next one starts.
  for (const head of [...heads].sort((a, b) => a.epoch - b.epoch)) {
    const place = placeOf(head);
    const current = positions.get(place);
    if (moved.has(place) || (current && current.epoch > head.epoch)) continue;
    const start = current?.epoch === head.epoch ? current.next : 0n;
    if (start >= head.next) continue;
    const capped = start + BigInt(rowCap);
    positions.set(place, {
      topic: head.topic,
      partition: head.partition,
      epoch: head.epoch,
      next: head.next < capped ? head.next : capped,
    });
    moved.add(place);
  }
  return moved.size > 0 ? [...positions.values()] : undefined;
}

function placeOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}
