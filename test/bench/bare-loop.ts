import { ident, openEmbedded, sql, tabSeparated } from '#clickhouse';
import { topicOf } from '#contracts';
import { openStreaming } from '#streaming';
import { percentile, silent } from '#testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadOrder, outgoing, type LoadShape } from './load.js';
import { sendOrders, waitsOf } from './open-loop.js';

const partitions = 4;
const warmUpSeconds = 5;
const seconds = 20;

/** From the moment at which an order was meant to be sent until a count holds it. */
export interface BareWaits {
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly notCounted: number;
}

/**
 * The least that anything between Kafka and a figure does: consume a batch, insert it as it is, read the count. Nothing is checked, folded or
 * shown, and a message that comes twice counts twice. In this process, beside the load; what it is compared with has one of its own.
 * @param directory of a store of its own
 */
export async function bareLoop(directory: string, brokers: readonly string[], perSecond: number): Promise<BareWaits> {
  // A topic of its own: what stood there before would be counted, too.
  const name = `bare-${perSecond}`;
  const topic = topicOf(name, 'transactions.v1');
  const clickhouse = await openEmbedded(directory);
  const streaming = openStreaming({ brokers, clientId: name, logger: silent });
  try {
    const table = ident('bare', 'messages');
    await clickhouse.command(sql`CREATE DATABASE bare`);
    await clickhouse.command(sql`CREATE TABLE ${table} (message String) ENGINE = MergeTree ORDER BY tuple()`);
    await streaming.ensureTopics([{ topic, partitions, config: {} }]);
    const shown: { count: number; at: number }[] = [];
    await streaming.consume({
      ...{ groupId: name, alone: true, topics: [topic] },
      startAt: (_topic, _partition, { start }) => Promise.resolve(start),
      onBatch: async ({ messages }) => {
        const rows = messages.map(({ value }) => `${tabSeparated([String(value)], [true])}\n`).join('');
        await clickhouse.insert(table, ['message'], rows, 'writer', 'TabSeparated');
        const [row] = await clickhouse.query<{ orders: string }>(sql`SELECT count() AS orders FROM ${table}`);
        shown.push({ count: Number(row?.orders), at: performance.now() });
      },
      onState: () => undefined,
    });
    const shape: LoadShape = { name: 'b', perSecond, from: Date.now(), customers: 5_000 };
    const sent = (warmUpSeconds + seconds) * perSecond;
    const load = await sendOrders(streaming, name, perSecond, sent, (number) => outgoing(loadOrder(shape, number)));
    await load.done;
    for (let tries = 0; (shown.at(-1)?.count ?? 0) < sent && tries < 1_200; tries += 1) await sleep(50);
    const waits = waitsOf(load, shown, warmUpSeconds * perSecond);
    return { p50: percentile(waits, 0.5), p99: percentile(waits, 0.99), notCounted: sent - (shown.at(-1)?.count ?? 0) };
  } finally {
    await streaming.close();
    await clickhouse.close();
  }
}
