import type { ClickHouse } from '#clickhouse';
import type { Refresher } from '#ingestion';
import { ShopRepository, type LedgerTail, type Level, type Shop } from '#warehouse';
import { MemoryLog, PipelineProcess } from '../log/index.js';
import { foldOracle, type OracleMessage, type OracleShop } from '../oracle/index.js';
import { compareWarehouse } from './compare-warehouse.js';
import type { Difference } from './difference.js';

/** Registers a shop in an open store, on the clock of its data, and creates its tables. */
export async function openShop(clickhouse: ClickHouse, name: string, settings: OracleShop): Promise<Shop> {
  const shops = new ShopRepository(clickhouse);
  await shops.prepareSystem();
  const shop = await shops.register({ shop: name, ...settings, fiscalYearStart: 1, clockMode: 'data' });
  await shops.prepare(shop);
  return shop;
}

/** A shop in an open store whose messages go through the real ledger and refresher, without a broker. */
export class ShopRun {
  readonly #log = new MemoryLog();
  /** Every other batch is the refresher's own process's by default, the rest come from elsewhere: both ways to new rows are taken. */
  ownEvery = 2;
  #batches = 0;
  #handedOver = 0;
  readonly #own: PipelineProcess;

  private constructor(
    readonly clickhouse: ClickHouse,
    readonly shop: Shop,
    rowCap: number,
  ) {
    this.#own = new PipelineProcess(clickhouse, shop, this.#log, { rowCap });
  }

  /**
   * Registers the shop, creates its tables and claims its refresh.
   * @param rowCap ledger rows that one refresh step takes at most; small ones make many steps
   */
  static async open(clickhouse: ClickHouse, name: string, settings: OracleShop, rowCap = 10_000): Promise<ShopRun> {
    const run = new ShopRun(clickhouse, await openShop(clickhouse, name, settings), rowCap);
    await run.#own.claim();
    return run;
  }

  get refresher(): Refresher {
    return this.#own.refresher;
  }

  /** What the refresher's own process wrote lately. */
  get tail(): LedgerTail {
    return this.#own.ledger.tail;
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
    const elsewhere = new PipelineProcess(this.clickhouse, this.shop, this.#log);
    for (let start = 0; start < messages.length; start += batch) {
      const arriving = messages.slice(start, start + batch);
      for (const { topic, value } of arriving) this.#log.append(topic, 0, value);
      for (const topic of new Set(arriving.map((message) => message.topic))) {
        const writing = (this.#batches += 1) % this.ownEvery === 0 ? this.#own : elsewhere;
        // The other one may have written since.
        await writing.assign({ topic, partition: 0 });
        await writing.drain([{ topic, partition: 0 }]);
      }
      if (settle) await this.refresher.catchUp();
      else {
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
  }

  /** Compares the tables of one level with the oracle over what that level's watermark says it has taken in. */
  async differencesOf(level: Level): Promise<Difference[]> {
    const watermark = level === 'live' ? this.refresher.live : this.refresher.watermark;
    if (level === 'settled') await this.refresher.refreshViews();
    const oracle = foldOracle(this.#log.before(watermark?.positions ?? []), this.shop);
    return compareWarehouse(this.clickhouse, this.shop.database, oracle, this.shop, { level });
  }

  /** Refreshes the views and compares every cell with the oracle over all that arrived. */
  async differences(print?: (text: string) => void): Promise<Difference[]> {
    await this.refresher.refreshViews();
    return compareWarehouse(this.clickhouse, this.shop.database, foldOracle(this.#log.all(), this.shop), this.shop, print ? { print } : {});
  }
}
