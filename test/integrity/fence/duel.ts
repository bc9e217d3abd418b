import type { ClickHouse } from '#clickhouse';
import { ledgerRows, Refresher } from '#ingestion';
import {
  compareWarehouse,
  foldOracle,
  HeldStore,
  type Difference,
  type Held,
  type KeptTopic,
  type OracleShop,
  type TestMessage,
} from '#testing';
import { LedgerRepository, ShopGate, ShopRepository, WatermarkRepository, type Shop } from '#warehouse';

/** Small steps: to take over takes several. */
const rowCap = 12;

/** A refresher as a process of its own has it: with a gate, a memory and a ledger writer that nobody else has. */
export interface Contender {
  readonly store: HeldStore;
  readonly gate: ShopGate;
  readonly refresher: Refresher;
  readonly ledger: LedgerRepository;
}

/** What the two levels of a contender's work are called here. */
export type Phase = 'step' | 'settle';

/** One shop in an open store whose refreshers take over from one another. Messages go into its ledger without a broker. */
export class Duel {
  readonly #next = new Map<KeptTopic, number>();
  readonly #arrived = new Map<KeptTopic, TestMessage[]>();

  private constructor(
    private readonly clickhouse: ClickHouse,
    readonly shop: Shop,
  ) {}

  static async open(clickhouse: ClickHouse, name: string, settings: OracleShop): Promise<Duel> {
    const shops = new ShopRepository(clickhouse);
    await shops.prepareSystem();
    const shop = await shops.register({ shop: name, ...settings, fiscalYearStart: 1, clockMode: 'data' });
    await shops.prepare(shop);
    return new Duel(clickhouse, shop);
  }

  contender(claimedBy: string): Contender {
    const store = new HeldStore(this.clickhouse);
    const ledger = new LedgerRepository(store);
    const gate = new ShopGate(new WatermarkRepository(store));
    const refresher = Refresher.over(store, this.shop, gate, { rowCap, now: () => new Date(), claimedBy }, ledger);
    return { store, gate, ledger, refresher };
  }

  /** Into the ledger, partition 0 of each topic. @param by the contender whose process writes it, and knows so */
  async arrive(messages: readonly TestMessage[], by?: Contender): Promise<void> {
    for (const topic of new Set(messages.map((message) => message.topic))) {
      const next = this.#next.get(topic) ?? 0;
      const arriving = messages.filter((message) => message.topic === topic);
      const placed = arriving.map(({ value }, index) => ({
        offset: BigInt(next + index),
        value: Buffer.from(value),
        timestamp: new Date(),
      }));
      const rows = ledgerRows(this.shop, topic, 0, 1, BigInt(next), placed, new Date());
      await (by?.ledger ?? new LedgerRepository(this.clickhouse)).append(this.shop, topic, rows);
      this.#next.set(topic, next + placed.length);
      this.#arrived.set(topic, [...(this.#arrived.get(topic) ?? []), ...arriving]);
    }
  }

  /** Begins a phase of one contender, which stops before the first write that is wanted. */
  begin({ store, refresher }: Contender, phase: Phase, wanted: (write: string) => boolean): { held: Held; ended: Promise<string> } {
    const held = store.hold(wanted);
    const working = phase === 'step' ? refresher.step() : refresher.settle();
    const ended = working.then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code ?? String(error),
    );
    return { held, ended };
  }

  /** Cells of the live level that differ from the fold over what lies before a contender's live watermark. */
  async differencesAtItsWatermark({ refresher }: Contender): Promise<Difference[]> {
    const known = (refresher.live?.positions ?? []).flatMap(({ topic, next }) => (this.#arrived.get(topic) ?? []).slice(0, Number(next)));
    return this.compare(known, { level: 'live' });
  }

  /** Every cell of the shop against the oracle over all that arrived. The contender must stand at the ledger's end. */
  async differences({ refresher }: Contender): Promise<Difference[]> {
    await refresher.refreshViews();
    return this.compare([...this.#arrived.values()].flat(), {});
  }

  private compare(messages: readonly TestMessage[], options: { level?: 'live' }): Promise<Difference[]> {
    return compareWarehouse(this.clickhouse, this.shop.database, foldOracle(messages, this.shop), this.shop, options);
  }
}
