import { openServer, sql, type ClickHouse } from '#clickhouse';
import { topicOf, topics, type TopicName } from '#contracts';
import type { EventProducer, Streaming } from '#streaming';
import { aTick, promoteFixture, toldAlerts, type SilenceScript, until } from '#testing';
import { AlertRuleRepository, ScoreReads, ShopRepository, tableOf, WatermarkRepository, type Shop } from '#warehouse';

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
  #clock = 0;

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
    await promoteFixture(clickhouse, shop);
    // Its database is made by the ingestor too.
    const isMade = (): Promise<boolean> =>
      shops.pending(shop).then(
        ({ length }) => length === 0,
        () => false,
      );
    await until(isMade, `${name} has its tables`);
    return new ShopOnTopics(shop, clickhouse, streaming, await streaming.producer());
  }

  /** A rule of alerts, in force from the beginning. @param body what it says beside its name and revision */
  async rule(rule: string, body: object): Promise<void> {
    const stored = { rule, revision: 1, from: 0, by: 'tests', body: JSON.stringify({ ...body, name: rule, revision: 1 }) };
    await new AlertRuleRepository(this.clickhouse).add(this.shop, stored);
  }

  /** Sends, in order. A tick names where the topics end then. */
  async send(script: SilenceScript): Promise<void> {
    for (const item of script) {
      const { topic, key, value } = 'tick' in item ? this.tick(item.tick) : item;
      if (topic !== 'clock.v1') {
        // Orders and returns stand on topics of their own, and are recorded hours apart: each finds what was known before it in the ledger.
        if (this.#last !== undefined && topic !== this.#last) await this.seen();
        this.#last = topic;
      }
      for (const range of await this.producer.send(topicOf(this.shop.shop, topic), [{ key, value: value.toString() }])) {
        this.#ends.set(`${range.topic}-${range.partition}`, range.lastOffset + 1n);
      }
    }
  }

  /** Waits until all events that were sent are in the live figures, which is where a scorer finds them. */
  async seen(): Promise<void> {
    const watermarks = new WatermarkRepository(this.clickhouse);
    const ends = [...this.#ends].filter(([place]) => !place.includes('.clock.'));
    await until(async () => {
      const live = (await watermarks.read(this.shop, 'live'))?.positions ?? [];
      const reached = new Map(live.map(({ topic, partition, next }) => [`${topicOf(this.shop.shop, topic)}-${partition}`, next]));
      return ends.every(([place, end]) => (reached.get(place) ?? -1n) >= end);
    }, `all that was sent to ${this.shop.shop} is in its figures`);
  }

  /** Waits until everything up to the last tick was decided on, written and told. */
  async decided(): Promise<void> {
    const scores = new ScoreReads(this.clickhouse);
    const told = async (): Promise<boolean> => ((await scores.toldUntil(this.shop)) ?? -Infinity) >= this.#clock;
    await until(told, `the scorer of ${this.shop.shop} has come to the last tick`, { ms: 120_000, everyMs: 20 });
  }

  /** The next instant at which somebody's silence crosses a band, Unix milliseconds. */
  async nextCrossing(): Promise<number> {
    const { nextCrossing } = await new ScoreReads(this.clickhouse).summary(this.shop);
    if (nextCrossing === undefined) throw new Error(`Nobody of ${this.shop.shop} will cross a band.`);
    return nextCrossing;
  }

  private tick(now: string) {
    this.#clock = Date.parse(now);
    const offsets = [...this.#ends].filter(([place]) => !place.includes('.clock.')).map(([place, end]) => [place, end.toString()]);
    return aTick({ now, offsets: Object.fromEntries(offsets) as Record<string, string> }, { id: `tick-${(this.#ticks += 1)}` });
  }

  /** Customers with a score. */
  async scored(): Promise<number> {
    const [row] = await this.clickhouse.query<{ n: string }>(
      sql`SELECT count() AS n FROM ${tableOf(this.shop, 'churn_scores')} FINAL WHERE role = 'active' AND kind = 'score'`,
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

  /** Batches in which the scorer changed a band. */
  async batches(): Promise<number> {
    const [row] = await this.clickhouse.query<{ n: string }>(
      sql`SELECT uniqExact(sequence) AS n FROM ${tableOf(this.shop, 'churn_scores')} FINAL WHERE role = 'active' AND kind = 'move'`,
    );
    return Number(row?.n ?? 0);
  }

  /** What became of alerts, as `toldAlerts` gives it. */
  alerts(): Promise<string[]> {
    return toldAlerts(this.clickhouse, this.producer, this.shop, this.#clock);
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
