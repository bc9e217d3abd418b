import type { ClickHouse } from '#clickhouse';
import {
  arrivals,
  compareWarehouse,
  foldOracle,
  MemoryLog,
  openShop,
  PipelineProcess,
  poison,
  seededShop,
  type OracleShop,
  type TestMessage,
} from '#testing';
import type { Shop } from '#warehouse';
import type { Subject } from './subject.js';

/** Rows of a partition that one step takes at most: a backlog takes several. */
const rowCap = 40;

/** The product: its ledger writer and its refresher over the embedded engine, on a shop in which everything happens that may. */
export const product: Subject = {
  async prepare(store, seed) {
    const { shop, messages } = scenario(seed);
    await (await start(store, shop, messages.slice(0, messages.length / 2))).toTheEnd();
  },

  async work(store, seed) {
    const { shop, messages } = scenario(seed);
    const { process, log, toTheEnd } = await start(store, shop, messages);
    // Two fetches with a step each, as while events stream; then all that is left, and everything else settles.
    for (let round = 0; round < 2; round += 1) {
      for (const place of log.partitions()) await process.take(place, 6);
      await process.flush();
      await process.refresher.step();
    }
    await toTheEnd();
  },

  async differences(store, seed) {
    const { shop, messages } = scenario(seed);
    const { process, database, toTheEnd } = await start(store, shop, messages);
    await toTheEnd();
    const cells = await compareWarehouse(store, database, foldOracle(messages, shop), shop, { print: () => undefined });
    const holes = await process.holes();
    return [...cells, ...holes.map((key) => ({ table: 'ledger', key, column: '(offsets)', expected: 'all', actual: null }))];
  },
};

function scenario(seed: number): { readonly shop: OracleShop; readonly messages: readonly TestMessage[] } {
  const { shop, messages } = seededShop(seed, { orders: 60, customers: 12, products: 6 });
  const poisoned = poison(shop.currency).map(({ message }) => message);
  return { shop, messages: arrivals(seed, [...messages, ...poisoned], { shuffle: true, duplicate: 0.1 }) };
}

/** As the product starts: schema, what the ledger holds already, then the log. */
async function start(
  store: ClickHouse,
  settings: OracleShop,
  messages: readonly TestMessage[],
): Promise<{ process: PipelineProcess; log: MemoryLog; database: Shop['database']; toTheEnd: () => Promise<void> }> {
  const log = new MemoryLog();
  for (const message of messages) log.send(message);
  const shop = await openShop(store, 'killed', settings);
  const process = new PipelineProcess(store, shop, log, { rowCap });
  await process.claim();
  const toTheEnd = async (): Promise<void> => {
    await process.drain(log.partitions());
    await process.refresher.catchUp();
    await process.refresher.refreshViews();
  };
  return { process, log, database: shop.database, toTheEnd };
}
