import { sql, type ClickHouse, type Sql } from '#clickhouse';
import { topicOf, type TopicName } from '#contracts';
import { Metrics } from '#observability';
import type { EventProducer, OutgoingMessage } from '#streaming';
import { aTick, MemoryLog, PipelineProcess, silent, type TestMessage } from '#testing';
import {
  LedgerVersionReads,
  MomentReads,
  ScoreRepository,
  ShopRepository,
  tableOf,
  type ClockMode,
  type Shop,
  type StoredModel,
} from '#warehouse';
import { fixture } from '../engine/fixture.testing.js';
import { ScoringMetrics } from './scoring.metrics.js';
import { ShopScorer, type ScorerParts } from './shop-scorer.js';

/** The small model of the fixtures as the registry would give it, under a name of its own. */
export async function fixtureModel(version = 'churn-fixture-00000001'): Promise<StoredModel> {
  const { manifest, file } = await fixture();
  return { version, manifest: manifest as unknown as StoredModel['manifest'], file };
}

/** Keeps what is sent, in order. */
export class Outbox implements EventProducer {
  readonly sent: OutgoingMessage[] = [];
  /** Told before each send; throws to be a broker that does not answer. */
  before: () => void = () => undefined;

  send(_topic: string, messages: readonly OutgoingMessage[]): Promise<[]> {
    this.before();
    this.sent.push(...messages);
    return Promise.resolve([]);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A shop whose messages go through the real ledger, refresher and scorer; what is read and when is what the test says. */
export class ScoringRig {
  readonly log = new MemoryLog();
  readonly outbox = new Outbox();
  readonly alarms = new Map<string, string>();
  readonly pipeline: PipelineProcess;
  #at = 0;
  /** Time as the scorer measures it. */
  elapsed = 0;
  roles: { active: string | undefined; shadow: string | undefined } = { active: undefined, shadow: undefined };
  readonly models = new Map<string, StoredModel>();

  private constructor(
    readonly clickhouse: ClickHouse,
    readonly shop: Shop,
  ) {
    this.pipeline = new PipelineProcess(clickhouse, shop, this.log);
  }

  static async open(
    clickhouse: ClickHouse,
    name: string,
    settings: { timeZone: string; currency: string } = { timeZone: 'Europe/London', currency: 'GBP' },
    clockMode: ClockMode = 'source',
    replayOf?: string,
  ): Promise<ScoringRig> {
    const shops = new ShopRepository(clickhouse);
    await shops.prepareSystem();
    const shop = await shops.register({
      ...{ shop: name, ...settings, fiscalYearStart: 1, clockMode },
      ...(replayOf === undefined ? {} : { replayOf, scored: true }),
    });
    await shops.prepare(shop);
    const rig = new ScoringRig(clickhouse, shop);
    await rig.pipeline.claim();
    return rig;
  }

  /** A model is in the registry and counts. */
  async use(version?: string): Promise<void> {
    const model = await fixtureModel(version);
    this.models.set(model.version, model);
    this.roles = { ...this.roles, active: model.version };
  }

  /** Messages reach the ledger and the live level. @param settle whether everything else is brought there too */
  async arrive(messages: readonly TestMessage[], settle = false): Promise<void> {
    for (const message of messages) this.log.send(message);
    await this.pipeline.drain(this.log.partitions());
    for (let step = await this.pipeline.refresher.step(); step; step = await this.pipeline.refresher.step());
    if (settle) await this.pipeline.refresher.settle();
  }

  /** The same for a script: messages and ticks, cut as the test says. @param parts partitions that are read, all by default */
  async play(script: readonly (TestMessage | { readonly tick: string })[], settle = false, parts?: readonly number[]): Promise<void> {
    for (const item of script) this.log.send('tick' in item ? this.tick(item.tick) : item);
    await this.pipeline.drain(
      this.log.partitions().filter(({ topic, partition }) => topic === 'clock.v1' || (parts?.includes(partition) ?? true)),
    );
    for (let step = await this.pipeline.refresher.step(); step; step = await this.pipeline.refresher.step());
    if (settle) await this.pipeline.refresher.settle();
  }

  /** A tick behind everything that was sent so far. */
  tick(now: string): TestMessage {
    const offsets = this.log
      .partitions()
      .filter(({ topic }) => topic !== 'clock.v1')
      .map((place) => [`${topicOf(this.shop.shop, place.topic as TopicName)}-${place.partition}`, this.log.bounds(place).end.toString()]);
    return aTick({ now, offsets: Object.fromEntries(offsets) as Record<string, string> }, { id: `tick-${(this.#at += 1)}` });
  }

  /** A scorer as another process would be it. */
  scorer(change: Partial<ScorerParts> = {}): ShopScorer {
    const metrics = new ScoringMetrics(new Metrics());
    return new ShopScorer(this.shop, {
      scores: new ScoreRepository(this.clickhouse),
      versions: new LedgerVersionReads(this.clickhouse),
      moments: new MomentReads(this.clickhouse),
      refused: () => undefined,
      gate: this.pipeline.gate,
      models: {
        roles: () => Promise.resolve(this.roles),
        read: (version) => {
          const model = this.models.get(version);
          return model ? Promise.resolve(model) : Promise.reject(new Error(`no ${version}`));
        },
      },
      alarms: {
        raise: (_shop, subject, message) => void this.alarms.set(subject, message),
        clear: (_shop, subject) => void this.alarms.delete(subject),
      },
      metrics,
      producer: () => Promise.resolve(this.outbox),
      claim: { acquire: () => Promise.resolve(0n), holds: () => Promise.resolve(true), release: () => Promise.resolve() },
      log: silent,
      elapsed: () => this.elapsed,
      ...change,
    });
  }

  /** Every change of a band that is stored, as text, in order. */
  async moves(role = 'active'): Promise<string[]> {
    const rows = await this.clickhouse.query<Record<string, string>>(
      sql`SELECT customer_id, decided_at, cause, previous_band, band, muted FROM ${tableOf(this.shop, 'churn_scores')} FINAL
WHERE kind = 'move' AND role = ${role} ORDER BY decided_at, customer_id, sequence, ordinal`,
    );
    return rows.map(
      (row) =>
        `${row['decided_at']} ${row['customer_id']} ${row['cause']} ${row['previous_band']}>${row['band']}${row['muted'] ? ' muted' : ''}`,
    );
  }

  /** The newest decision on every customer. */
  scoresSql(role = 'active'): Sql {
    return sql`SELECT customer_id, model, cause, band FROM ${tableOf(this.shop, 'churn_scores')} FINAL WHERE kind = 'score' AND role = ${role}`;
  }

  /** What was told, as text, in order, each once. */
  told(): string[] {
    return this.outbox.sent.map(({ value }) => {
      const { id, data } = JSON.parse(value) as { id: string; data: Record<string, string> };
      return `${id} ${data['decidedAt']} ${data['customerId']} ${data['band']}`;
    });
  }
}

/** Looks until there is nothing to do. */
export async function lookThrough(scorer: ShopScorer): Promise<void> {
  for (let looks = 0; (await scorer.look()) && looks < 200; looks += 1);
}
