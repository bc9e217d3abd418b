import { openServer, sql } from '#clickhouse';
import { type PipelineAnswer, type ShopAnswer } from '#contracts';
import { openStreaming } from '#streaming';
import { atLeast, atMost, exactly, FaultProxy, openTestBroker, seen, silent, type Measure, until } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { differingCells } from '../../bench/load-cells.js';
import { loadOrder, outgoing, type LoadShape } from '../../bench/load.js';
import { sendOrders } from '../../bench/open-loop.js';
import { sampleMemory, slopePerMinute } from '../../growth.js';
import type { MeasureOptions } from '../../run-measures.js';
import { atRest, type Api } from '../answers.js';
import { starter, startStore, withProcesses } from '../processes.js';

const shop = 'overload';
const perSecond = 1_500;
/** Without a cap: long enough that the rate of bytes is a steady one. */
const freeSeconds = 20;
/** What the load needs of the way to the store, to what the cap leaves of it. */
const overload = 3;
const shape: LoadShape = { name: 'o', perSecond, from: Date.UTC(2026, 0, 5), customers: 5_000 };

const sampleMs = 5_000;
/** Until buffers and the engine of the language have their size; of a short run a half. */
const settlingMinutes = 2;
const growthBar = 5;
/** The payloads that may wait (16 MB), once more as text for the insert, a fetch (8 MB), and a program that has seen a busy minute. */
const peakBar = 700;

/**
 * Orders at a steady rate, and a store that takes a third of them: a cap on the bytes a second between the ingestor and the store. The rest
 * waits in Kafka, not in memory. When the cap is lifted everything arrives.
 */
export async function overloaded(work: string, options: MeasureOptions): Promise<Measure[]> {
  const minutes = options.minutes ?? 10;
  const proxy = await FaultProxy.open(1);
  const broker = await openTestBroker();
  const streaming = openStreaming({ brokers: [broker.bootstrap], clientId: 'overload', logger: silent });
  try {
    return await withProcesses(async (running) => {
      const start = starter(running);
      const { store, storeUrl } = await startStore(work, running);
      proxy.leadTo(new URL(storeUrl).host);
      const env = { KAFKA_BROKERS: broker.bootstrap, TIDELINE_PORT: '0' };
      const narrow = Object.assign(new URL(storeUrl), { host: proxy.address }).href;
      const ingestor = await start('ingestor', { ...env, CLICKHOUSE_URL: narrow });
      const api = await start('api', { ...env, CLICKHOUSE_URL: storeUrl });
      await api.call(`/api/v1/shops/${shop}`, 'PUT', { timeZone: 'UTC', currency: 'EUR', clock: 'data' });
      await until(async () => (await api.get<ShopAnswer>(`/api/v1/shops/${shop}`)).status === 'ready', `${shop} is ready`);

      const total = Math.round((freeSeconds + minutes * 60) * perSecond);
      const load = await sendOrders(streaming, shop, perSecond, total, (number) => outgoing(loadOrder(shape, number)));
      const free = await bytesASecond(proxy, freeSeconds);
      const before = await lagOf(api);
      proxy.narrow(free / overload);
      const memory = sampleMemory(ingestor.pid, sampleMs);
      const halfway = (await bytesASecond(proxy, minutes * 30), await lagOf(api));
      const capped = await bytesASecond(proxy, minutes * 30);
      const lag = await lagOf(api);
      memory.stop();
      process.stdout.write(`memory of the ingestor, MB: ${memory.samples.map(({ value }) => value).join(' ')}\n`);
      await load.done;
      proxy.narrow(undefined);
      const lifted = performance.now();
      // Through a narrow way some of what it asks the store fails, and is asked again.
      const isAtRest = (): Promise<boolean> =>
        atRest([ingestor], shop, 0).then(
          () => true,
          () => false,
        );
      await until(isAtRest, 'the ingestor has caught up', { ms: 600_000, everyMs: 500 });
      const seconds = (performance.now() - lifted) / 1_000;
      const clickhouse = openServer(storeUrl);
      const [ledger] = await clickhouse
        .query<{ orders: string }>(
          sql`SELECT uniqExact(partition, offset) AS orders FROM shop_overload.ledger_transactions WHERE verdict = 'accepted'`,
        )
        .finally(() => clickhouse.close());
      for (const each of [ingestor, api, store]) await each.end();
      const settled = memory.samples.filter((each) => each.minute >= Math.min(settlingMinutes, minutes / 2));
      return [
        seen('orders a second', perSecond, '1/s'),
        seen('bytes a second to the store, without a cap', Math.round(free), 'bytes/s'),
        atLeast('what the load needs to what the cap lets through', free / capped, 'times', 0.95 * overload),
        seen('lag before the cap', before, 'messages'),
        atLeast('lag shown half-way', halfway, 'messages', perSecond),
        atLeast('lag shown at the end, to that half-way', lag / halfway, 'times', 1.5),
        seen('lag shown at the end', lag, 'messages'),
        atMost('memory of the ingestor, growth', slopePerMinute(settled), 'MB/min', growthBar),
        atMost('memory of the ingestor, peak', Math.max(...memory.samples.map(({ value }) => value)), 'MB', peakBar),
        seen('from the end of the cap until no lag', Math.round(seconds), 's'),
        exactly('orders that were sent and are not in the ledger', total - Number(ledger?.orders), 'orders', 0),
        exactly('cells that differ from a fold over the orders', await differingCells(join(work, 'store'), shop, shape, total), 'cells', 0),
      ];
    });
  } finally {
    await streaming.close();
    await broker.stop();
    await proxy.close();
  }
}

/** From now on. */
async function bytesASecond(proxy: FaultProxy, seconds: number): Promise<number> {
  const { up } = proxy.counts;
  const begun = performance.now();
  await sleep(seconds * 1_000);
  return ((proxy.counts.up - up) * 1_000) / (performance.now() - begun);
}

/** Messages behind, as `/api/v1/pipeline` shows it. */
async function lagOf(api: Api): Promise<number> {
  const { shops } = await api.get<PipelineAnswer>('/api/v1/pipeline');
  return (shops.find((each) => each.shop === shop)?.partitions ?? []).reduce((sum, { lag }) => sum + Number(lag), 0);
}
