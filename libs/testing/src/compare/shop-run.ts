import type { ClickHouse } from '#clickhouse';
import { ledgerRows, Refresher } from '#ingestion';
import { LedgerRepository, ShopGate, ShopRepository, WatermarkRepository, type Level, type Shop } from '#warehouse';
import { foldOracle, type KeptTopic, type OracleMessage, type OracleShop } from '../oracle/index.js';
import { compareWarehouse } from './compare-warehouse.js';
import type { Difference } from './difference.js';

/** A shop in an open store whose messages go through the real ledger and refresher, without a broker. */
export class ShopRun {
  readonly #next = new Map<KeptTopic, bigint>();
  readonly #arrived: OracleMessage[] = [];
  #settled = 0;
  /** Every other batch is the refresher's own process's by default, the rest come from elsewhere: both ways to new rows are taken. */
  ownEvery = 2;
  #batches = 0;
  #handedOver = 0;

  private constructor(
    readonly clickhouse: ClickHouse,
    readonly shop: Shop,
    readonly refresher: Refresher,
    private readonly own: LedgerRepository,
  ) {}

  /**
   * Registers the shop, creates its tables and claims its refresh.
   * @param rowCap ledger rows that one refresh step takes at most; small ones make many steps
   */
  static async open(clickhouse: ClickHouse, name: string, settings: OracleShop, rowCap = 10_000): Promise<ShopRun> {
    const shops = new ShopRepository(clickhouse);
    await shops.prepareSystem();
    const shop = await shops.register({ shop: name, ...settings, fiscalYearStart: 1, clockMode: 'data' });
    await shops.prepare(shop);
    const gate = new ShopGate(new WatermarkRepository(clickhouse));
    const own = new LedgerRepository(clickhouse);
    const refresher = Refresher.over(clickhouse, shop, gate, { rowCap, now: () => new Date(), claimedBy: 'tests' }, own);
    await refresher.claim();
    return new ShopRun(clickhouse, shop, refresher, own);
  }

  /** Steps whose facts were made of rows at hand. */
  get handedOver(): number {
    return this.#handedOver;
  }

  /**
   * Writes messages to the ledger, `batch` at a time, and refreshes after each batch. All are in partition 0 of their topic.
   * @param settle whether everything is brought to the ledger's end, or only facts and headline
   */
  async arrive(messages: readonly OracleMessage[], batch: number, settle = true): Promise<void> {
    const elsewhere = new LedgerRepository(this.clickhouse);
    for (let start = 0; start < messages.length; start += batch) {
      const arriving = messages.slice(start, start + batch);
      for (const topic of new Set(arriving.map((message) => message.topic))) {
        const next = this.#next.get(topic) ?? 0n;
        const placed = arriving
          .filter((message) => message.topic === topic)
          .map(({ value }, index) => ({
            offset: next + BigInt(index),
            value: value === null ? null : Buffer.from(value),
            timestamp: new Date(),
          }));
        const rows = ledgerRows(this.shop, topic, 0, 1, next, placed, new Date());
        const own = (this.#batches += 1) % this.ownEvery === 0;
        await (own ? this.own : elsewhere).append(this.shop, topic, rows);
        const end = next + BigInt(placed.length);
        this.#next.set(topic, end);
        const recorded = rows.flatMap(({ envelope }) => (envelope.verdict === 'accepted' ? [envelope.recordedTime] : [])).sort();
        const head = { topic, partition: 0, epoch: 1, next: end, rows: rows.length, recorded: recorded[recorded.length - 1] ?? null };
        if (own) this.refresher.tell(head);
      }
      this.#arrived.push(...arriving);
      if (settle) {
        await this.refresher.catchUp();
        this.#settled = this.#arrived.length;
      } else {
        for (let step = await this.refresher.step(); step; step = await this.refresher.step()) {
          // Facts that were not selected from the ledger are named so.
          if (step.timings.has('handed_sales')) this.#handedOver += 1;
        }
      }
    }
  }

  /** Brings everything to where the live level stands. */
  async settle(): Promise<void> {
    await this.refresher.settle();
    this.#settled = this.#arrived.length;
  }

  /** Compares the tables of one level with the oracle over what that level has taken in. */
  async differencesOf(level: Level): Promise<Difference[]> {
    const taken = level === 'live' ? this.#arrived : this.#arrived.slice(0, this.#settled);
    if (level === 'settled') await this.refresher.refreshViews();
    return compareWarehouse(this.clickhouse, this.shop.database, foldOracle(taken, this.shop), this.shop, { level });
  }

  /** Refreshes the views and compares every cell with the oracle over all that arrived. */
  async differences(print?: (text: string) => void): Promise<Difference[]> {
    await this.refresher.refreshViews();
    return compareWarehouse(this.clickhouse, this.shop.database, foldOracle(this.#arrived, this.shop), this.shop, print ? { print } : {});
  }
}
