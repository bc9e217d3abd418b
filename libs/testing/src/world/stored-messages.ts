import { topicOf, topics, type TopicName } from '#contracts';
import type { Streaming } from '#streaming';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeptTopic, OracleMessage } from '../oracle/index.js';

/** A message as it stands on a topic, with its place. */
export interface StoredMessage extends OracleMessage {
  readonly topic: KeptTopic;
  readonly partition: number;
  readonly offset: bigint;
  readonly value: string;
}

const patienceMs = 120_000;

/**
 * All that stands on a shop's topics now, but for hints and alerts.
 * @returns each partition in the order of its offsets @throws when the broker does not give it within two minutes
 */
export async function storedMessages(streaming: Streaming, shop: string): Promise<StoredMessage[]> {
  const names = (Object.keys(topics) as TopicName[]).filter((name): name is KeptTopic => name !== 'committed.v1' && name !== 'alerts.v1');
  const ends = await streaming.bounds(names.map((name) => topicOf(shop, name)));
  const total = ends.reduce((sum, { start, end }) => sum + Number(end - start), 0);
  const stored: StoredMessage[] = [];
  const consumer = await streaming.consume({
    groupId: `tests-${shop}-${process.pid}-${performance.now()}`,
    topics: names.map((name) => topicOf(shop, name)),
    startAt: (_topic, _partition, { start }) => Promise.resolve(start),
    onBatch: ({ topic, partition, messages }) => {
      for (const { offset, value } of messages)
        stored.push({ topic: topic.slice(shop.length + 1) as KeptTopic, partition, offset, value: value?.toString() ?? '' });
      return Promise.resolve();
    },
    onState: () => undefined,
  });
  const deadline = performance.now() + patienceMs;
  while (stored.length < total) {
    if (performance.now() > deadline) throw new Error(`${shop}: ${stored.length} of ${total} messages came within two minutes.`);
    await sleep(20);
  }
  await consumer.stop();
  return stored;
}
