import { topicOf, topics, type PipelineAnswer, type TopicName } from '#contracts';
import { domainTopicConfig, openStreaming } from '#streaming';
import { atLeast, atMost, exactly, Instance, openTestBroker, seen, silent, type Measure } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { peakMb } from '../growth.js';
import type { MeasureOptions } from '../run-measures.js';
import { drainByKafkaEngine } from './kafka-engine.js';
import { differingCells } from './load-cells.js';
import { loadOrder, outgoing, type LoadShape } from './load.js';

const shop = 'drain';
const usualEvents = 2_000_000;
const perSend = 5_000;

/**
 * A backlog in Kafka, made before the shop is known, until every figure holds it: so long as a day of a busy shop, whatever the number of
 * events. Then the figures against a plain fold over the same orders, and the time against that of ClickHouse's own Kafka engine.
 */
export async function drain(work: string, options: MeasureOptions): Promise<Measure[]> {
  const events = options.events ?? usualEvents;
  const shape: LoadShape = { name: 'o', perSecond: events / 86_400, from: Date.UTC(2025, 2, 3), customers: Math.ceil(events / 20) };
  const data = join(work, 'data');
  // Both read from it, so it is nobody's own.
  const broker = await openTestBroker();
  const brokers = [broker.bootstrap];
  const instance = await Instance.start(data, { KAFKA_BROKERS: broker.bootstrap });
  let seconds: number;
  let peak: number;
  let engineSeconds: number;
  try {
    await produce(brokers, shape, events);
    const begun = performance.now();
    await instance.call('PUT', `/api/v1/shops/${shop}`, { timeZone: 'UTC', currency: 'EUR', clock: 'data' });
    while (!(await isThrough(instance, events))) await sleep(100);
    seconds = (performance.now() - begun) / 1_000;
    peak = peakMb(instance.pid);
    await instance.stop();
    engineSeconds = await drainByKafkaEngine(join(work, 'engine'), brokers, topicOf(shop, 'transactions.v1'), events);
  } finally {
    await instance.stop();
    await broker.stop();
  }
  return [
    atLeast(`backlog of ${events} events until all figures are exact`, events / seconds, 'events/s', 40_000),
    seen('the same by the Kafka engine and a view', events / engineSeconds, 'events/s'),
    atLeast('of the Kafka engine', engineSeconds / seconds, 'x', 0.4),
    atMost('Node process, peak', peak, 'MB', 1_500),
    exactly('cells that differ from a fold over the orders', await differingCells(data, shop, shape, events), 'cells', 0),
  ];
}

async function produce(brokers: readonly string[], shape: LoadShape, events: number): Promise<void> {
  const streaming = openStreaming({ brokers, clientId: 'drain-bench', logger: silent });
  try {
    await streaming.ensureTopics(
      (Object.keys(topics) as TopicName[]).map((name) => ({
        topic: topicOf(shop, name),
        partitions: topics[name].partitions,
        config: domainTopicConfig,
      })),
    );
    const producer = await streaming.producer();
    for (let start = 0; start < events; start += perSend) {
      const count = Math.min(perSend, events - start);
      const orders = Array.from({ length: count }, (_, index) => outgoing(loadOrder(shape, start + index)));
      await producer.send(topicOf(shop, 'transactions.v1'), orders);
    }
  } finally {
    await streaming.close();
  }
}

/** Whether the settled figures hold everything. */
async function isThrough(instance: Instance, events: number): Promise<boolean> {
  const { shops } = await instance.get<PipelineAnswer>('/api/v1/pipeline');
  const partitions = shops.find((each) => each.shop === shop)?.partitions ?? [];
  return partitions.reduce((sum, each) => sum + Number(each.next), 0) >= events && partitions.every((each) => each.lag === '0');
}
