import { openStreaming, type Streaming } from '#streaming';
import { openTestBroker, type FaultProxy, type ProductProcess, silences, silent, until } from '#testing';
import { starter, startStore, withProcesses } from '../processes.js';
import { ShopOnTopics } from './shop-on-topics.js';

/** A broker, a store and an ingestor; scorers come and go. */
export interface ScoringWorld {
  /** Registers a shop and sends its history; a scorer looks at everybody then. @param prepare what has to be there before */
  readonly shop: (name: string, prepare?: (shop: ShopOnTopics) => Promise<void>) => Promise<ShopOnTopics>;
  /** @param way by which it comes to the store; straight where there is none */
  readonly scorer: (way?: FaultProxy) => Promise<ProductProcess>;
  readonly ingestor: () => Promise<ProductProcess>;
}

/** Customers of the history. */
const customers = 40;

/**
 * Work in a world of its own, which ends with it.
 * @param work a directory
 * @param settings of the ingestors
 */
export async function inScoringWorld<T>(
  work: string,
  settings: Readonly<Record<string, string>>,
  use: (world: ScoringWorld, first: ProductProcess) => Promise<T>,
): Promise<T> {
  const broker = await openTestBroker();
  const streaming: Streaming = openStreaming({ brokers: [broker.bootstrap], clientId: 'tests', logger: silent, sessionTimeoutMs: 6_000 });
  try {
    return await withProcesses(async (running) => {
      const start = starter(running);
      const { storeUrl } = await startStore(work, running);
      const env = { KAFKA_BROKERS: broker.bootstrap, CLICKHOUSE_URL: storeUrl, TIDELINE_PORT: '0' };
      const ingestor = (): Promise<ProductProcess> => start('ingestor', { ...env, ...settings });
      const first = await ingestor();
      const shop: ScoringWorld['shop'] = async (name, prepare) => {
        const opened = await ShopOnTopics.open(name, storeUrl, streaming);
        await prepare?.(opened);
        await opened.send([...silences.history(), { tick: silences.at(180) }]);
        await until(async () => (await opened.scored()) === customers, `everybody of ${name} is looked at`, { ms: 120_000 });
        return opened;
      };
      const scorer: ScoringWorld['scorer'] = (way) => {
        const { host } = new URL(storeUrl);
        way?.leadTo(host);
        return start('scorer', way ? { ...env, CLICKHOUSE_URL: storeUrl.replace(host, way.address) } : env);
      };
      return use({ shop, ingestor, scorer }, first);
    });
  } finally {
    await streaming.close();
    await broker.stop();
  }
}

/** @returns lines that one of two has and the other has not: `-` those of the first, `+` those of the second */
export function differences(left: readonly string[], right: readonly string[]): string[] {
  const [a, b] = [new Set(left), new Set(right)];
  const lines = [
    ...left.filter((each) => !b.has(each)).map((each) => `- ${each}`),
    ...right.filter((each) => !a.has(each)).map((each) => `+ ${each}`),
  ];
  return lines.sort((one, other) => (one.slice(2) < other.slice(2) ? -1 : 1));
}
