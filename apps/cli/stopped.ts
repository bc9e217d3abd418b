import type { RecountOf } from '#ingestion';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A stopped instance that cannot be opened as it is, in words for the terminal. */
export class StoppedError extends Error {
  constructor(
    readonly code: 'no-store' | 'older-store',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Opens the store of a stopped instance for this process alone, and brings a shop's figures to the end of its ledger, as every start
 * does: after a kill they stand between two watermarks, and would differ from themselves.
 * @param data the instance's directory
 * @throws {StoppedError} `no-store`; `older-store`: the first start of a newer version changes its tables, and an audit must not
 * @throws {DirectoryError | ClickHouseFault} `directory-held` while a process uses it
 */
export async function withStopped<T>(data: string, name: string, work: (of: RecountOf) => Promise<T>): Promise<T> {
  const directory = resolve(data);
  const store = join(directory, 'clickhouse');
  if (!existsSync(store))
    throw new StoppedError(
      'no-store',
      `${directory} holds no store: there is no ${store}. Name the data directory of an instance with --data.`,
    );
  // Loaded here: --help and a wrong directory do not need the engine.
  const [{ openEmbedded, ident, sql, systemDatabase }, { releaseDirectory, takeDirectory }, { Refresher }, warehouse] = await Promise.all([
    import('#clickhouse'),
    import('#observability'),
    import('#ingestion'),
    import('#warehouse'),
  ]);
  await takeDirectory(directory);
  try {
    const clickhouse = await openEmbedded(store);
    try {
      const [registry] = await clickhouse.query<{ n: string }>(
        sql`SELECT count() AS n FROM system.tables WHERE database = ${systemDatabase} AND name = 'shops'`,
      );
      if (registry?.n !== '1')
        throw new StoppedError(
          'no-store',
          `The store in ${directory} has no ${ident(systemDatabase, 'shops').text}: no instance ran here yet.`,
        );
      const shops = new warehouse.ShopRepository(clickhouse);
      const shop = await warehouse.findShop(shops, name);
      const pending = await shops.pending(shop);
      if (pending.length > 0) {
        const what = `The tables of ${name} are of an older version: they lack ${pending.join(', ')}.`;
        throw new StoppedError(
          'older-store',
          `${what} Use that version, or let this one bring them up to date: npm start -- --data ${data}`,
        );
      }
      const ledger = new warehouse.LedgerRepository(clickhouse);
      const gate = new warehouse.ShopGate(new warehouse.WatermarkRepository(clickhouse));
      const refresher = Refresher.over(clickhouse, shop, gate, { rowCap: 20_000, now: () => new Date(), claimedBy: `cli ${process.pid}` });
      await refresher.claim();
      await warehouse.dropAside(clickhouse, shop);
      await refresher.catchUp();
      await refresher.bringViews();
      return await work({
        shop,
        clickhouse,
        ledger,
        refresher,
        atRest: (rest) => rest(),
        bounds: () => brokerBounds(shop.shop),
        signal: new AbortController().signal,
      });
    } finally {
      await clickhouse.close();
    }
  } finally {
    await releaseDirectory(directory);
  }
}

/** A broker of one's own may be up while the instance is stopped; the local one stops with it. */
async function brokerBounds(shop: string): ReturnType<RecountOf['bounds']> {
  const [{ readConfig }, { openStreaming, streamingConfig }, { ledgerTopics }, { topicOf }, { createLogger }] = await Promise.all([
    import('#config'),
    import('#streaming'),
    import('#warehouse'),
    import('#contracts'),
    import('#observability'),
  ]);
  const { KAFKA_BROKERS: brokers } = readConfig([streamingConfig], undefined, { strict: false }).get(streamingConfig);
  if (!brokers) return undefined;
  const streaming = openStreaming({ brokers, clientId: 'tideline-audit', logger: createLogger('silent') });
  try {
    return await streaming.bounds(ledgerTopics.map((topic) => topicOf(shop, topic))).catch(() => undefined);
  } finally {
    await streaming.close();
  }
}
