import { sql, type ClickHouse } from '#clickhouse';
import { topicOf, topics } from '#contracts';
import type { EventProducer } from '#streaming';
import { tableOf, type Shop } from '#warehouse';
import { until } from '../until.js';

/**
 * Every step of an alert and every one that was not sent, by instant and customer, to the last word; what they hang on only by their place
 * on the topic is left out. Waits for the owner: for what was told so far, and for each alert whose time is over.
 * @param clock the shop's, Unix milliseconds
 */
export async function toldAlerts(clickhouse: ClickHouse, producer: EventProducer, shop: Shop, clock: number): Promise<string[]> {
  const topic = 'alerts.v1';
  const log = tableOf(shop, 'alert_log');
  // A dead letter at the end of each partition: the owner writes it down behind everything before it.
  const marked = new Set<number>();
  for (let n = 0; marked.size < topics[topic].partitions; n += 1) {
    const ranges = await producer.send(topicOf(shop.shop, topic), [{ key: `end-${n}`, value: 'the end' }]);
    for (const { partition } of ranges) marked.add(partition);
  }
  const isOver = async (): Promise<boolean> => {
    const [row] = await clickhouse.query<{ through: string; live: string }>(
      sql`SELECT (SELECT uniqExact(partition) FROM ${log} WHERE kind = 'dead') AS through, count() AS live FROM
(SELECT state, JSONExtractInt(body, 'expiresAt') AS until FROM ${log} WHERE kind = 'alert' ORDER BY epoch DESC, offset DESC, step DESC LIMIT 1 BY alert_id)
WHERE state NOT IN ('recovered', 'expired') AND until <= ${clock}`,
    );
    return Number(row?.through) === marked.size && Number(row?.live) === 0;
  };
  await until(isOver, `every alert of ${shop.shop} is over whose time is`, { ms: 100_000 });
  const rows = await clickhouse.query<Record<string, unknown>>(
    sql`SELECT toString(at) AS moment, day, customer_id, kind, what, state, rule, alert_id, probability, net_value, detail, body FROM ${log} FINAL
WHERE kind IN ('alert', 'suppressed') ORDER BY at, customer_id, partition, epoch, offset, step`,
  );
  return rows.map((row) => JSON.stringify(row));
}
