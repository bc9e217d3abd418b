import { ident, openEmbedded, sql } from '#clickhouse';
import { topicOf } from '#contracts';
import { openStreaming } from '#streaming';
import { silent } from '#testing';
import { timed, type Timed } from './open-loop.js';

const partitions = 4;

/**
 * The least that anything between Kafka and a figure does: consume a batch, insert it as it is, read the count. Nothing is checked, folded or
 * shown, and a message that comes twice counts twice. In this process, beside the load; what it is compared with has one of its own.
 * @param directory of a store of its own
 */
export async function bareLoop(directory: string, brokers: readonly string[], perSecond: number): Promise<Timed> {
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
        await clickhouse.insertRows(table, { message: { type: 'String', of: ({ value }) => String(value) } }, messages);
        const [row] = await clickhouse.query<{ orders: string }>(sql`SELECT count() AS orders FROM ${table}`);
        shown.push({ count: Number(row?.orders), at: performance.now() });
      },
      onState: () => undefined,
    });
    return await timed(streaming, name, { name: 'b', perSecond, customers: 5_000 }, shown);
  } finally {
    await streaming.close();
    await clickhouse.close();
  }
}
