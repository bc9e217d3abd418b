import { topicOf, topics, type SummaryAnswer, type TopicName } from '#contracts';
import type { OutgoingMessage, Streaming } from '#streaming';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Collected } from './documents.js';
import { buildEvents } from './events.js';
import { ImportError } from './importing.errors.js';
import type { InstanceClient } from './instance-client.js';
import type { Mapping } from './mapping.js';

export type ImportPhase = 'sending' | 'settling';

export interface ImportRunOptions {
  readonly shop: string;
  readonly mapping: Mapping;
  readonly client: InstanceClient;
  /** Where Kafka is for this process. @default what the instance names: where it is for that, which in a network of containers is another address */
  readonly brokers?: readonly string[] | undefined;
  readonly openStreaming: (brokers: readonly string[]) => Streaming;
  readonly onProgress?: (phase: ImportPhase, done: number, of: number) => void;
  /** How long figures may stand still before the import gives up waiting; they go on without it. */
  readonly stallMs?: number;
}

export interface ImportOutcome {
  readonly events: number;
  readonly bytes: number;
  readonly summary: SummaryAnswer;
  /** Messages of this shop that became dead letters while the import ran; 0 when every event was used. */
  readonly deadLetters: number;
}

/** Bytes per request to the broker: large enough to be cheap, small enough to share the line. */
const batchBytes = 512 * 1024;
const pollMs = 100;
/** How long an instance may be away in the middle of an import. */
const patienceMs = 120_000;
const retryMs = 500;

/** Sends what was read as events and returns when every figure, views included, holds them. */
export async function runImport(collected: Collected, options: ImportRunOptions): Promise<ImportOutcome> {
  const { client, shop, mapping } = options;
  await client.registerShop(shop, mapping);
  await until(
    async () => (await patiently(() => client.shop(shop))).status === 'ready',
    60_000,
    () => `The shop ${shop} did not become ready. See /api/v1/pipeline for its alarms.`,
  );
  // From here on the instance is known to be there: when it is away, it is coming back.
  const { kafka } = await patiently(() => client.pipeline());
  const deadBefore = await deadLetters(client, shop);
  const streaming = options.openStreaming(options.brokers ?? kafka.brokers);
  try {
    const tableRows = Object.values(collected.tables).reduce((sum, { size }) => sum + size, 0);
    const total = collected.documents.size + collected.products.size + collected.customers.size + tableRows;
    const sent = await send(buildEvents(collected, mapping, shop), shop, streaming, (events) =>
      options.onProgress?.('sending', events, total),
    );
    await settle(streaming, options);
    return { ...sent, summary: await patiently(() => client.summary(shop)), deadLetters: (await deadLetters(client, shop)) - deadBefore };
  } finally {
    await streaming.close();
  }
}

async function deadLetters(client: InstanceClient, shop: string): Promise<number> {
  const status = (await patiently(() => client.pipeline())).shops.find((each) => each.shop === shop);
  return (status?.deadLetters ?? []).reduce((sum, each) => sum + each.messages, 0);
}

async function send(
  events: ReturnType<typeof buildEvents>,
  shop: string,
  streaming: Streaming,
  onSent: (events: number) => void,
): Promise<{ events: number; bytes: number }> {
  const producer = await streaming.producer();
  let count = 0;
  let bytes = 0;
  const waiting = new Map<TopicName, { messages: OutgoingMessage[]; bytes: number }>();
  let inFlight: Promise<void> = Promise.resolve();
  const flush = async (topic: TopicName): Promise<void> => {
    const batch = waiting.get(topic);
    if (!batch || batch.messages.length === 0) return;
    waiting.delete(topic);
    // The next batch is built while this one is on its way.
    await inFlight;
    inFlight = patiently(() => producer.send(topicOf(shop, topic), batch.messages)).then(() => onSent((count += batch.messages.length)));
    inFlight.catch(() => undefined);
  };
  for (const { topic, key, value } of events) {
    let batch = waiting.get(topic);
    if (!batch) waiting.set(topic, (batch = { messages: [], bytes: 0 }));
    batch.messages.push({ key, value });
    batch.bytes += value.length;
    bytes += value.length;
    if (batch.bytes >= batchBytes) await flush(topic);
  }
  for (const topic of [...waiting.keys()]) await flush(topic);
  await inFlight;
  return { events: count, bytes };
}

/** Waits until the watermark has passed everything the broker holds now, and the views are of that generation. */
async function settle(streaming: Streaming, { client, shop, onProgress, stallMs = 120_000 }: ImportRunOptions): Promise<void> {
  const ends = await patiently(() =>
    streaming.bounds(
      Object.keys(topics)
        .filter((topic) => topic !== 'committed.v1' && topic !== 'alerts.v1')
        .map((topic) => topicOf(shop, topic as TopicName)),
    ),
  );
  const of = ends.reduce((sum, bound) => sum + Number(bound.end), 0);
  let best = -1;
  let movedAt = performance.now();
  let needed: bigint | undefined;
  for (;;) {
    const status = (await patiently(() => client.pipeline())).shops.find((each) => each.shop === shop);
    const done = ends.reduce((sum, bound) => {
      const position = status?.partitions.find(
        (each) => topicOf(shop, each.topic as TopicName) === bound.topic && each.partition === bound.partition,
      );
      return sum + Math.min(Number(position?.next ?? 0), Number(bound.end));
    }, 0);
    onProgress?.('settling', done, of);
    if (done >= of && status) {
      needed ??= BigInt(status.generation);
      if (BigInt(status.viewsGeneration) >= needed) return;
    }
    if (done > best) {
      best = done;
      movedAt = performance.now();
    } else if (performance.now() - movedAt > stallMs) {
      throw new ImportError(
        'import-stalled',
        `Everything was sent, but the figures have not moved for ${stallMs / 1000} s (${done} of ${of} messages). Nothing is lost: see /api/v1/pipeline for alarms; the figures go on by themselves.`,
      );
    }
    await sleep(pollMs);
  }
}

/**
 * Tries again while the instance or its broker is away: it may be restarting. What is sent twice changes no figure.
 * @throws what the last try threw, after `patienceMs` or at once when trying again cannot help
 */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if ((error as { retryable?: boolean }).retryable !== true || performance.now() > deadline) throw error;
      await sleep(retryMs);
    }
  }
}

async function until(condition: () => Promise<boolean>, ms: number, words: () => string): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new ImportError('import-stalled', words());
    await sleep(pollMs);
  }
}
