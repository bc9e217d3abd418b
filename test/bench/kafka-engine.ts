import { ident, openEmbedded, sql } from '#clickhouse';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The same topic by ClickHouse's own Kafka engine and one materialized view, in the same embedded engine: what is common for a dashboard,
 * and not exact: a message that comes twice counts twice, and a correction beside what it corrects.
 * @param directory of a store of its own
 * @returns seconds until the sums by 5-second slice hold as many orders as were sent
 */
export async function drainByKafkaEngine(directory: string, brokers: readonly string[], topic: string, orders: number): Promise<number> {
  const clickhouse = await openEmbedded(directory);
  const name = (table: string) => ident('engine', table);
  const quantity = sql`JSONExtractUInt(message, 'data', 'lines', 1, 'quantity')`;
  try {
    await clickhouse.command(sql`CREATE DATABASE engine`);
    await clickhouse.command(
      sql`CREATE TABLE ${name('sums')} (slice DateTime('UTC'), orders UInt64, units UInt64, gross Decimal(38, 6)) ENGINE = SummingMergeTree ORDER BY slice`,
    );
    await clickhouse.command(sql`CREATE TABLE ${name('queue')} (message String) ENGINE = Kafka
SETTINGS kafka_broker_list = ${brokers.join(',')}, kafka_topic_list = ${topic}, kafka_group_name = 'kafka-engine', kafka_format = 'JSONAsString',
    kafka_max_block_size = 65536, kafka_flush_interval_ms = 500`);
    const begun = performance.now();
    await clickhouse.command(sql`CREATE MATERIALIZED VIEW ${name('moves')} TO ${name('sums')} AS
SELECT toStartOfInterval(parseDateTimeBestEffort(JSONExtractString(message, 'data', 'orderedAt'), 'UTC'), INTERVAL 5 SECOND) AS slice, count() AS orders,
    sum(${quantity}) AS units, sum(toDecimal128(JSONExtractString(message, 'data', 'lines', 1, 'unitPrice'), 6) * ${quantity}) AS gross
FROM ${name('queue')} GROUP BY slice`);
    for (;;) {
      const [row] = await clickhouse.query<{ orders: string }>(sql`SELECT sum(orders) AS orders FROM ${name('sums')}`);
      if (Number(row?.orders) >= orders) return (performance.now() - begun) / 1_000;
      await sleep(100);
    }
  } finally {
    await clickhouse.close();
  }
}
