import { openServer, sql, type ClickHouse } from '#clickhouse';
import { topicOf, topics, type TopicName } from '#contracts';
import type { EventProducer, Streaming } from '#streaming';
import { aTick, type SilenceScript } from '#testing';
import { ModelRepository, readManifest, ShopRepository, tableOf, type Shop } from '#warehouse';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A decision as it was told: which one, and every byte of it. */
export interface Told {
  readonly id: string;
  readonly key: string;
  readonly value: string;
  /** What it says, without what names the shop. */
  readonly line: string;
}

/** A shop of the product's processes, seen by its topics and its store. */
export class ShopOnTopics {
  readonly #ends = new Map<string, bigint>();
  #ticks = 0;
  #last: TopicName | undefined;

  private constructor(
    readonly shop: Shop,
    private readonly clickhouse: ClickHouse,
    private readonly streaming: Streaming,
    private readonly producer: EventProducer,
  ) {}

  /** Registers the shop in the store and has it use the small model of the fixtures. */
  static async open(name: string, storeUrl: string, streaming: Streaming): Promise<ShopOnTopics> {
    const clickhouse = openServer(storeUrl);
    const shops = new ShopRepository(clickhouse);
    const settings = { timeZone: 'Europe/London', currency: 'GBP', fiscalYearStart: 1, clockMode: 'source' } as const;
    const shop = await shops.register({ shop: name, ...settings });
    const models = new ModelRepository(clickhouse);
    const fixture = (file: string): Promise<Buffer> => readFile(resolve('libs/scoring/fixtures', file));
    const manifest = readManifest(JSON.parse((await fixture('churn.json')).toString('utf8')));
    const { version } = await models.add({ name: 'fixture', manifest, file: await fixture('churn.onnx') }, 'tests');
    await models.move(shop, 'promote', version, 'tests');
    await until(async () => (await shops.pending(shop)).length === 0, `${name} has its tables`);
    return new ShopOnTopics(shop, clickhouse, streaming, await streaming.producer());
  }

  /** Sends, in order. A tick names where the topics end then. */
  async send(script: SilenceScript): Promise<void> {
    for (const item of script) {
      const { topic, key, value } = 'tick' in item ? this.tick(item.tick) : item;
      // Orders and returns stand on topics of their own: which of two that are sent at once is known first should not be chance here.
      if (topic !== 'clock.v1') {
        if (this.#last !== undefined && topic !== this.#last) await sleep(400);
        this.#last = topic;
      }
      for (const range of await this.producer.send(topicOf(this.shop.shop, topic), [{ key, value: value.toString() }])) {
        this.#ends.set(`${range.topic}-${range.partition}`, range.lastOffset + 1n);
      }
    }
  }

  private tick(now: string) {
    const offsets = [...this.#ends].filter(([place]) => !place.includes('.clock.')).map(([place, end]) => [place, end.toString()]);
    return aTick({ now, offsets: Object.fromEntries(offsets) as Record<string, string> }, { id: `tick-${(this.#ticks += 1)}` });
  }

  /** Customers with a score. */
  async scored(customerId?: string): Promise<number> {
    const only = customerId === undefined ? sql`` : sql` AND customer_id = ${customerId}`;
    const [row] = await this.clickhouse.query<{ n: string }>(
      sql`SELECT count() AS n FROM ${tableOf(this.shop, 'churn_scores')} FINAL WHERE role = 'active' AND kind = 'score'${only}`,
    );
    return Number(row?.n ?? 0);
  }

  /** Moves that are stored, without what names the shop. */
  async stored(): Promise<string[]> {
    const rows = await this.clickhouse.query<Record<string, string>>(
      sql`SELECT customer_id, decided_at, cause, previous_band, band FROM ${tableOf(this.shop, 'churn_scores')} FINAL
WHERE role = 'active' AND kind = 'move' ORDER BY decided_at, customer_id, sequence, ordinal`,
    );
    return rows.map((row) => `${row['decided_at']} ${row['customer_id']} ${row['cause']} ${row['previous_band']}>${row['band']}`);
  }

  /** All that stands on the shop's topic of alerts now. */
  async told(): Promise<Told[]> {
    const topic: TopicName = 'alerts.v1';
    const name = topicOf(this.shop.shop, topic);
    const ends = (await this.streaming.bounds([name])).reduce((sum, { end }) => sum + Number(end), 0);
    const told: Told[] = [];
    let read = 0;
    const consumer = await this.streaming.consume({
      groupId: `tests.${this.shop.shop}.${Date.now()}`,
      alone: true,
      topics: [name],
      startAt: () => Promise.resolve(0n),
      onBatch: ({ messages }) => {
        for (const { key, value } of messages) {
          read += 1;
          const text = value?.toString() ?? '';
          // The process owns the shop's alerts too, and says what became of them.
          if (text.includes('"tideline.customer.scored.v1"')) told.push(toldOf(key?.toString() ?? '', text));
        }
        return Promise.resolve();
      },
      onState: () => undefined,
    });
    await until(() => Promise.resolve(read >= ends), `${ends} messages of ${topics[topic].partitions} partitions are read`);
    await consumer.stop();
    return told;
  }

  async close(): Promise<void> {
    await this.producer.close();
    await this.clickhouse.close();
  }
}

function toldOf(key: string, value: string): Told {
  const { id, data } = JSON.parse(value) as { id: string; data: Record<string, unknown> };
  return { id, key, value, line: JSON.stringify(data) };
}

/** @throws after a minute */
export async function until(condition: () => Promise<boolean>, what: string, ms = 90_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`It did not come true: ${what}.`);
    await sleep(200);
  }
}
