import type { ClickHouse } from '#clickhouse';
import {
  Aside,
  compareTables,
  LedgerRepository,
  RefreshRepository,
  ShopGate,
  WatermarkRepository,
  type Position,
  type Shop,
  type TableComparison,
  type Watermark,
} from '#warehouse';
import { Refresher } from '../refresh/refresher.js';

/** Ledger rows per partition and step: nobody waits for these steps, memory alone bounds them. */
const rowCap = 20_000;

/** Told how far a recount is. @param done of the ledger's rows */
export type RecountProgress = (done: number) => void;

/**
 * All figures of a shop folded once more from the beginning of its ledger, by the refresher itself, into tables beside those on show.
 * What the two differ in is wrong in those on show: these here were made by nothing but the ledger.
 */
export class Recount {
  #rows = 0;

  private constructor(
    private readonly clickhouse: ClickHouse,
    readonly aside: Aside,
    private readonly refresher: Refresher,
  ) {}

  /** @param clickhouse on a lane where it stands in nobody's way */
  static async open(clickhouse: ClickHouse, shop: Shop): Promise<Recount> {
    const aside = await Aside.open(clickhouse, shop);
    const gate = new ShopGate(new WatermarkRepository(clickhouse));
    const refresher = Refresher.over(clickhouse, aside.shop, gate, { rowCap, now: () => new Date(), claimedBy: 'recount' });
    await refresher.claim();
    return new Recount(clickhouse, aside, refresher);
  }

  /**
   * Folds on to positions of the ledger.
   * @param keysFrom where the customers' keys are taken from, see `Aside.takeKeys`
   * @param signal ends it between two steps
   */
  async foldTo(
    positions: readonly Position[],
    keysFrom: (table: string) => ReturnType<Aside['frozen']>,
    onProgress: RecountProgress,
    signal: AbortSignal,
  ): Promise<void> {
    await this.aside.takeKeys(keysFrom);
    await this.refresher.catchUp(positions, ({ ledgerRows }) => {
      signal.throwIfAborted();
      this.#rows += ledgerRows;
      onProgress(this.#rows);
    });
    signal.throwIfAborted();
  }

  /** Shop time as the ledger gives it, where that is what moves it. */
  get clock(): Date | null {
    return this.refresher.watermark?.clock ?? null;
  }

  /** Compares a table as it was frozen with what was folded. */
  compare(table: string): Promise<TableComparison> {
    const { aside } = this;
    const of = [...aside.tables, ...aside.views].find(({ name }) => name === table);
    if (!of) throw new Error(`${table} is no table of figures.`);
    return compareTables(this.clickhouse, of, { table: aside.folded(table) }, { table: aside.frozen(table) });
  }

  /** Makes the views as of a watermark's clock, to be compared. */
  async refreshViews({ clock, positions, committedAt }: Watermark): Promise<void> {
    const { shop } = this.aside;
    const generation = (this.refresher.watermark?.generation ?? 0n) + 1n;
    await new WatermarkRepository(this.clickhouse).write(shop, 'settled', { generation, clock, positions, committedAt }, 0);
    await new RefreshRepository(this.clickhouse, shop, new LedgerRepository(this.clickhouse).tail).refreshViews();
  }
}
