import { topicOf, topics, type PipelineAnswer } from '#contracts';
import type { ConsumerState, PartitionBounds, RunningConsumer, Streaming } from '#streaming';
import {
  acquired,
  AuditRepository,
  dropAside,
  isLost,
  isSandbox,
  LedgerRepository,
  ledgerTopics,
  type WarehouseError,
  type LedgerTopic,
  type Level,
  type Shop,
  type ShopGate,
  type ShopRepository,
  type Stamp,
} from '#warehouse';
import { onLane, type ClickHouse } from '#clickhouse';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Alarms } from '#alarms';
import { Audit, type AuditReport } from './audit/audit.js';
import { soleRefresher, type RefreshClaim } from './claim/refresh-claim.js';
import { Hints } from './hints.js';
import { IngestionError } from './ingestion.errors.js';
import type { SandboxIntake } from './intake.js';
import type { IngestionMetrics } from './ingestion.metrics.js';
import type { TruncationPolicy } from './ledger/known-topics.js';
import { LedgerWriter } from './ledger/ledger-writer.js';
import { IntakeAlarms } from './intake-alarms.js';
import { Maintenance, type MaintenanceState, type MaintenanceWork } from './recount/maintenance.js';
import { promptBounds } from './prompt-bounds.js';
import { topicsOfShop } from './shop-topics.js';
import { Refresher, type Committed } from './refresh/refresher.js';
import { SettlePace } from './refresh/settle-pace.js';
import { ViewsPace } from './refresh/views-pace.js';

export interface PipelineOptions {
  readonly refreshMs: number;
  readonly refreshRows: number;
  readonly auditMs: number;
  /** For how long a message may be in Kafka and in no figure, before the alarm `lag` stands. */
  readonly lagMs: number;
  readonly onTruncation: TruncationPolicy;
  readonly claimedBy: string;
  /** The right to refresh a shop, where several processes may want to. Without it this process is the only one. */
  readonly claimOf?: (shop: Shop) => RefreshClaim;
}

export interface PipelineParts {
  readonly clickhouse: ClickHouse;
  readonly streaming: Streaming;
  readonly shops: ShopRepository;
  readonly ledger: LedgerRepository;
  readonly gate: ShopGate;
  readonly alarms: Alarms;
  readonly metrics: IngestionMetrics;
  /** What brings the messages of sandboxes. */
  readonly sandboxes?: SandboxIntake | undefined;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** How long a settling waits after a crash, beyond the usual, for what came meanwhile to be shown: it gathers much and holds up live steps. */
const backlogMs = 3_000;
/** How often it is looked whether there is something to do, where nobody says so. */
const lookMs = 1_000;
/** How often shop time moves while no event comes, where it is the wall's. */
const wallMs = 5_000;
/** An audit rests so many times as long as the last one worked: that of a large shop reads its whole ledger. */
const auditRests = 10;
/** How often an audit gives way to a backlog before it runs all the same. */
const maxPostponed = 4;
/** How often it is looked whether messages wait for too long, within the time for which they may. */
const looksAtLag = 6;
/** A step that failed is tried again after this long. */
const retryMs = 1_000;

/** One shop from its topics to its figures: consumer -> ledger -> refresh -> hint, and the audit beside it. */
export class ShopPipeline {
  #consumer: Pick<RunningConsumer, 'stop'> | undefined;
  /** Nobody elsewhere is told of a sandbox. */
  #hints: Hints | undefined;
  #consumerState: ConsumerState = 'starting';
  #running = false;
  #loops: Promise<unknown> = Promise.resolve();
  #writer: LedgerWriter | undefined;
  /** Ends the idling under way. */
  #rouse: () => void = () => undefined;
  /** Whether something came since the last look. */
  #awake = false;
  readonly #pace = new SettlePace();
  #views = new ViewsPace();
  /** The refresh of the views under way. */
  #viewing: Promise<void> | undefined;
  /** Work that needs both levels at one place. */
  readonly #atRest: { readonly run: () => Promise<void>; readonly reject: (error: Error) => void }[] = [];
  /** Whether this process refreshes the shop; the ledger is written by all that consume it. */
  #refreshes = false;
  readonly #claim: RefreshClaim;
  readonly #refresher: Refresher;
  readonly #audit: Audit;
  readonly #intake: IntakeAlarms;
  readonly #maintenance: Maintenance;
  readonly #stop = new AbortController();

  constructor(
    readonly shop: Shop,
    private readonly parts: PipelineParts,
    private readonly options: PipelineOptions,
  ) {
    this.#claim = options.claimOf?.(shop) ?? soleRefresher;
    const { refreshRows: rowCap, claimedBy } = options;
    const refreshing = { rowCap, now: () => new Date(), claimedBy };
    this.#refresher = Refresher.over(parts.clickhouse, shop, parts.gate, refreshing, parts.ledger);
    this.#audit = new Audit(
      shop,
      parts.ledger,
      new AuditRepository(parts.clickhouse),
      parts.alarms,
      () => this.#refresher.watermark?.positions ?? [],
      () => this.bounds(),
      (work) => this.atRest(work),
    );
    this.#intake = new IntakeAlarms(shop.shop, parts.alarms, options.lagMs);
    const background = onLane(parts.clickhouse, 'background');
    this.#maintenance = new Maintenance(
      {
        shop,
        clickhouse: background,
        ledger: new LedgerRepository(background),
        refresher: this.#refresher,
        atRest: (work) => this.atRest(work),
        bounds: () => this.bounds().catch(() => undefined),
      },
      (state) => this.maintained(state),
    );
  }

  get ready(): boolean {
    return this.#running && this.#consumerState === 'running';
  }

  get state(): ConsumerState {
    return this.#consumerState;
  }

  /** Schema, what the ledger already holds (of a store that others have after the topics), topics, then the consumer. */
  async start(): Promise<void> {
    const { shop, parts } = this;
    await parts.shops.prepare(shop);
    const alone = !this.options.claimOf;
    // Before all that may fail: a shop that cannot start is read, too, and whether its figures are whole knows only who has claimed it. A
    // store that others have says it to readers itself; and who cannot start takes nothing from whom it runs for.
    if (alone && !parts.clickhouse.shared) await this.takeOver();
    await this.ensureTopics();
    if (!isSandbox(shop)) this.#hints = new Hints(shop, await parts.streaming.producer(), parts.log);
    if (alone && parts.clickhouse.shared) await this.takeOver();
    if (alone) this.announceBoth();

    const policy = isSandbox(shop) ? 'halt' : this.options.onTruncation;
    const writer = new LedgerWriter(shop, parts.ledger, parts.alarms, policy, {
      placed: () => {
        this.#refresher.ask();
        this.wake();
      },
      waiting: () => this.wake(),
      written: (batch) => {
        parts.metrics.written(shop.shop, batch);
        // What a replay brings was judged before.
        if (!isSandbox(shop)) this.#intake.written(batch);
        this.#refresher.tell(batch.head);
        this.wake();
      },
    });
    this.#writer = writer;
    this.#running = true;
    this.#loops = Promise.all([this.options.claimOf ? this.refreshInTurn() : this.refreshLoop(), this.auditLoop(), this.lagLoop()]);
    this.#consumer = isSandbox(shop) ? this.feed(writer) : await this.consume(writer);
  }

  private async ensureTopics(): Promise<void> {
    const specs = topicsOfShop(this.shop);
    if (specs.length > 0) await this.parts.streaming.ensureTopics(specs);
  }

  private consume(writer: LedgerWriter): Promise<RunningConsumer> {
    const { shop, parts } = this;
    const topicByName = new Map<string, LedgerTopic>(ledgerTopics.map((topic) => [topicOf(shop.shop, topic), topic]));
    const ledgerTopicOf = (name: string): LedgerTopic => {
      const topic = topicByName.get(name);
      if (!topic) throw new Error(`The topic ${name} has no ledger.`);
      return topic;
    };
    return parts.streaming.consume({
      groupId: `tideline.${shop.shop}.ingestor`,
      // A store of this process's own has no other writer.
      alone: !parts.clickhouse.shared,
      topics: [...topicByName.keys()],
      startAt: (name, partition, bounds) => writer.startAt(ledgerTopicOf(name), partition, bounds),
      onBatch: (batch) => writer.write(ledgerTopicOf(batch.topic), batch),
      onState: (state, error) => this.consumerIs(state, error),
    });
  }

  /** No topic feeds a sandbox: a replay brings its messages, in the process that refreshes it. */
  private feed(writer: LedgerWriter): Pick<RunningConsumer, 'stop'> | undefined {
    const { shop, parts } = this;
    this.consumerIs('running', undefined);
    return parts.sandboxes?.open({
      shop,
      writer,
      refreshes: () => this.#refreshes,
      onState: (state, error) => this.consumerIs(state, error),
      onBroken: (why) => parts.alarms.raise('replay-broken', shop.shop, 'replay', why),
    });
  }

  /** Intake stops, what is in flight is written, the figures catch up, then all is let go. */
  async stop(): Promise<void> {
    await this.#consumer?.stop();
    await this.#writer?.flush();
    await this.#maintenance.stop();
    this.#running = false;
    this.#stop.abort();
    this.wake();
    await this.#loops;
    // Somebody else moves the figures from now on, also where it is only this shop that ends here.
    if (this.options.claimOf) this.parts.gate.leaves(this.shop);
    await this.#claim.release();
    await this.#hints?.close();
  }

  /**
   * Compares the pipeline with itself, now and whole.
   * @throws {IngestionError} `shop-not-ready` while another process refreshes the shop
   */
  async audit(): Promise<AuditReport> {
    this.mustRefresh();
    return this.#audit.run(true);
  }

  /**
   * Begins an audit of every row, or makes figures anew; how far it is `maintenance` says.
   * @throws {IngestionError} `maintenance-runs`; `shop-not-ready` while another process refreshes the shop
   */
  maintain(work: MaintenanceWork, tables: readonly string[]): MaintenanceState {
    this.mustRefresh();
    return this.#maintenance.start(work, tables);
  }

  /** The last long work on the figures, whether it runs or not. */
  get maintenance(): MaintenanceState | undefined {
    return this.#maintenance.state;
  }

  /**
   * A partition that has halted goes on from the broker's start within some seconds.
   * @throws {IngestionError} `not-halted`
   */
  accept(topic: LedgerTopic, partition: number): void {
    const halted = this.parts.alarms
      .list(this.shop.shop)
      .some(({ code, subject }) => code === 'ledger-ahead' && subject === `${topic}/${partition}`);
    if (!halted) {
      const message = `${this.shop.shop}.${topic}/${partition} has not halted: there is nothing to accept.`;
      throw new IngestionError('not-halted', message);
    }
    this.#writer?.accept(topic, partition);
  }

  /**
   * What `/api/v1/pipeline` says of this shop.
   * @param level whose positions the lag is measured from
   */
  async status(stamp: Stamp, level: Level = 'settled'): Promise<PipelineAnswer['shops'][number]> {
    const partitions = await this.partitions(level);
    const audit = this.#audit.last;
    return {
      shop: this.shop.shop,
      state: this.#running ? this.#consumerState : 'preparing',
      asOf: stamp.clock,
      generation: stamp.generation,
      watermark: { ...stamp.watermark },
      partial: stamp.partial,
      viewsGeneration: this.#views.generation.toString(),
      partitions,
      deadLetters: (await this.parts.ledger.deadLetters(this.shop)).map((each) => ({ ...each, messages: Number(each.messages) })),
      audit: audit ? { at: audit.at.toISOString(), ok: audit.ok, checks: audit.checks.map((check) => ({ ...check })) } : null,
    };
  }

  /** How far a level is in each partition. */
  private async partitions(level: Level): Promise<PipelineAnswer['shops'][number]['partitions']> {
    const bounds = await promptBounds(this.#consumerState, () => this.bounds());
    const positions = (level === 'live' ? this.#refresher.live : this.#refresher.watermark)?.positions ?? [];
    const known = ledgerTopics.flatMap((topic) =>
      Array.from({ length: topics[topic].partitions }, (_, partition) => ({ topic, partition })),
    );
    return known.map(({ topic, partition }) => {
      const position = positions.find((each) => each.topic === topic && each.partition === partition);
      const end = bounds.find((each) => each.topic === topicOf(this.shop.shop, topic) && each.partition === partition)?.end;
      const next = position?.next ?? 0n;
      return {
        topic,
        partition,
        epoch: position?.epoch ?? 0,
        next: next.toString(),
        brokerEnd: end?.toString() ?? null,
        lag: end === undefined ? null : (end - next).toString(),
      };
    });
  }

  private mustRefresh(): void {
    if (!this.#refreshes) throw new IngestionError('shop-not-ready', `Another process refreshes ${this.shop.shop}: ask that one.`);
  }

  private maintained({ work, state, error, audit }: MaintenanceState): void {
    const { alarms, log } = this.parts;
    const { shop } = this.shop;
    log.info({ shop, work, state, error, ok: audit?.ok }, 'maintenance ended');
    const wrong = audit?.checks.find((check) => !check.ok);
    if (wrong) {
      const mend = `Keep a copy of the data directory, then run: npm run -s cli -- rebuild --shop ${shop}`;
      alarms.raise('audit', shop, 'full', `Audit of every row, ${wrong.check}: ${wrong.detail}. ${mend}`);
    } else if (audit) alarms.clear('audit', shop, 'full');
  }

  /** Where each partition ends: on the broker, or by the plan of the replay. */
  private bounds(): Promise<PartitionBounds[]> {
    if (isSandbox(this.shop)) return this.parts.sandboxes?.bounds(this.shop) ?? Promise.resolve([]);
    return this.parts.streaming.bounds(ledgerTopics.map((topic) => topicOf(this.shop.shop, topic)));
  }

  private consumerIs(state: ConsumerState, error: unknown): void {
    this.#consumerState = state;
    const { alarms, log } = this.parts;
    const why = wordsOf(error);
    if (error !== undefined) log.warn({ shop: this.shop.shop, state, error: why }, 'consumer');
    if (state === 'broker-away')
      alarms.raise(
        'broker-away',
        this.shop.shop,
        'kafka',
        `Kafka does not answer: ${why} Figures stand still until it is back; nothing is lost.`,
      );
    if (state === 'retrying')
      alarms.raise('ledger-failed', this.shop.shop, 'ledger', `A batch could not be written and is tried again: ${why}`);
    if (state === 'running') {
      alarms.clear('broker-away', this.shop.shop, 'kafka');
      alarms.clear('ledger-failed', this.shop.shop, 'ledger');
    }
  }

  /** Waits for the claim, refreshes while it lasts, and waits again when another process took it. */
  private async refreshInTurn(): Promise<void> {
    while (this.#running) {
      try {
        if (!(await acquired(this.#claim, this.#stop.signal))) return;
        await this.takeOver();
        this.announceBoth();
        await this.refreshLoop();
      } catch (error) {
        this.parts.gate.leaves(this.shop);
        this.parts.log.warn({ shop: this.shop.shop, error: wordsOf(error) }, 'the refresh could not be taken over, it is tried again');
        await this.pause(retryMs);
      }
    }
  }

  /** What the ledger already holds comes first; it is settled as always, beside what comes. */
  private async takeOver(): Promise<void> {
    await this.#refresher.claim();
    await dropAside(this.parts.clickhouse, this.shop);
    await this.#refresher.follow();
    // Another process may have moved the shop since this one did.
    this.#views = new ViewsPace();
    const { generation } = this.#refresher.watermark ?? {};
    if (generation !== undefined && generation === (await this.#refresher.viewsGeneration())) this.#views.found(generation);
    // What was left unsettled by who died: first the backlog of the time since then is shown.
    if (this.#refresher.unsettled) this.#pace.postpone(backlogMs);
    this.#refreshes = true;
  }

  /** Who died may have died between a watermark and its hint. */
  private announceBoth(): void {
    const { live, watermark } = this.#refresher;
    if (live) this.#hints?.announce({ level: 'live', watermark: live, ledgerRows: 0 });
    if (watermark) this.#hints?.announce({ level: 'settled', watermark, ledgerRows: 0 });
  }

  private async refreshLoop(): Promise<void> {
    for (let last = false; !last && this.#refreshes;) {
      // One more round after the stop: what the last batches wrote is still refreshed.
      last = !this.#running;
      const begun = performance.now();
      this.#awake = false;
      const moved = await this.refreshOnce(last);
      if (last) break;
      if (!moved) await this.idle(this.#refresher.unsettled && !this.#viewing ? Math.max(10, this.#pace.dueIn) : lookMs);
      // A timer comes up to a millisecond early: steps that were quicker than rooms may show them would wait for them more and more.
      const rest = this.options.refreshMs - (performance.now() - begun);
      if (rest > 0) await this.pause(Math.ceil(rest) + 1);
    }
    await this.#viewing;
    // No settling comes any more that would run it.
    this.refuseWaiting(this.stopped());
  }

  private async refreshOnce(last: boolean): Promise<boolean> {
    const { shop, parts } = this;
    let settling = false;
    try {
      // What waits is written now, and no sooner: the step takes it from here. Of a backlog rows are in the ledger before anybody asks: more
      // of them are written beside the step.
      if (last || !this.#refresher.hasNews) await this.#writer?.flush();
      const committed = (await this.#refresher.step()) ?? (await this.wallTick());
      // A shop whose source brings its clock has none before the first tick, which comes behind the history.
      this.#pace.stepped(committed?.ledgerRows, shop.clockMode === 'source' && !this.#refresher.live?.clock);
      if (committed) this.moved(committed);
      // The views read what a settling writes, and live steps go on beside them: those of a large shop take many seconds.
      settling = last || this.#refresher.full || (!this.#viewing && this.#pace.dueIn <= 0);
      if (settling) await this.settle();
      parts.alarms.clear('refresh-failed', shop.shop, 'refresh');
      return committed !== undefined;
    } catch (error) {
      const why = wordsOf(error);
      if (isLost(error)) {
        this.lost(error);
        return true;
      }
      parts.alarms.raise('refresh-failed', shop.shop, 'refresh', `Figures could not be refreshed and are tried again: ${why}`);
      parts.log.warn({ shop: shop.shop, error: why }, 'refresh failed, it is done again');
      if (!settling) this.#pace.hurry();
      await this.pause(retryMs);
      return false;
    }
  }

  /** Another process refreshes the shop now. Where processes take turns this one waits for its next turn, else somebody has to choose. */
  private lost(error: WarehouseError): void {
    const { shop, parts } = this;
    this.#refreshes = false;
    parts.gate.leaves(shop);
    this.#intake.elsewhere();
    this.refuseWaiting(error);
    this.clearRefreshers();
    if (!this.options.claimOf)
      parts.alarms.raise('refresh-failed', shop.shop, 'refresh', `${error.message} Stop one of the two, then start the other one again.`);
    parts.log.info({ shop: shop.shop }, error.message);
  }

  /** What only who refreshes can find, and find mended. */
  private clearRefreshers(): void {
    for (const { code, subject } of this.parts.alarms.list(this.shop.shop)) {
      const isRefreshers = ['refresh-failed', 'views-failed', 'audit'].includes(code) && !(code === 'audit' && subject === 'full');
      if (isRefreshers) this.parts.alarms.clear(code, this.shop.shop, subject);
    }
  }

  /** Everything but the headline; then what has waited for a moment at which both levels stand at one place; then the views. */
  private async settle(): Promise<void> {
    await this.#viewing;
    const committed = await this.#pace.during(() => this.#refresher.settle());
    if (committed) {
      this.moved(committed);
      this.#views.settled(committed.ledgerRows);
    }
    const standing = this.#refresher.watermark?.generation;
    for (let work = this.#atRest.shift(); work; work = this.#atRest.shift()) await work.run();
    const generation = this.#refresher.watermark?.generation ?? 0n;
    if (generation !== (standing ?? 0n)) this.#views.replaced();
    if (this.#views.isDue(generation, this.#pace.behind)) {
      this.#viewing = this.refreshViews(generation).finally(() => {
        this.#viewing = undefined;
        this.wake();
      });
    }
  }

  /** Views run beside live steps, which do not write what they read. */
  private async refreshViews(generation: bigint): Promise<void> {
    const { shop, parts } = this;
    try {
      await this.#views.during(generation, () => this.#refresher.refreshViews());
      parts.alarms.clear('views-failed', shop.shop, 'views');
    } catch (error) {
      parts.log.warn({ shop: shop.shop, error: wordsOf(error) }, 'the views could not be refreshed, it is tried again');
      parts.alarms.raise(
        'views-failed',
        shop.shop,
        'views',
        `RFM and cohorts could not be refreshed and are tried again: ${wordsOf(error)}`,
      );
    }
  }

  private async wallTick(): Promise<Committed | undefined> {
    const at = this.#refresher.live?.committedAt.getTime() ?? Infinity;
    return Date.now() - at >= wallMs ? this.#refresher.tick() : undefined;
  }

  /** Runs work when all figures stand at one place and none moves. */
  private async atRest<T>(work: () => Promise<T>): Promise<T> {
    // An audit that waited for another one, say, which the stop ended.
    if (this.#stop.signal.aborted) throw this.stopped();
    if (!this.#running) return work();
    this.mustRefresh();
    return new Promise<T>((resolve, reject) => {
      this.#atRest.push({ run: () => work().then(resolve, reject), reject });
      this.wake();
    });
  }

  private stopped(): IngestionError {
    return new IngestionError('shop-not-ready', `The figures of ${this.shop.shop} are not moved any more.`);
  }

  private refuseWaiting(error: Error): void {
    for (const { reject } of this.#atRest.splice(0)) reject(error);
  }

  private moved(committed: Committed): void {
    this.parts.metrics.refreshed(this.shop.shop, committed);
    this.#hints?.announce(committed);
  }

  private async auditLoop(): Promise<void> {
    let postponed = 0;
    while (this.#running) {
      await this.pause(Math.max(this.options.auditMs, postponed > 0 ? 0 : auditRests * this.#audit.tookMs));
      if (!this.#running) return;
      // Who does not refresh has no watermark of its own to audit.
      if (!this.#refreshes) continue;
      // While figures catch up with a backlog the audit would slow them down and prove little: it waits, but not for long.
      if (this.#pace.behind && postponed < maxPostponed) {
        postponed += 1;
        continue;
      }
      postponed = 0;
      // An audit that cannot run proves nothing, and says so as loudly as one that found a difference.
      await this.#audit.run().then(
        () => {
          this.parts.alarms.clear('audit', this.shop.shop, 'run');
          // Another process took the shop over while it read.
          if (!this.#refreshes) this.clearRefreshers();
        },
        (error: unknown) => {
          if (this.#consumerState === 'running' && this.#refreshes)
            this.parts.alarms.raise('audit', this.shop.shop, 'run', `The audit could not run: ${wordsOf(error)}`);
        },
      );
    }
  }

  /** Who refreshes looks whether the figures follow the topics. What a replay is still to bring is not due. */
  private async lagLoop(): Promise<void> {
    while (this.#running && !isSandbox(this.shop)) {
      await this.pause(this.options.lagMs / looksAtLag);
      if (this.#running && this.#refreshes) this.#intake.reached(performance.now(), await this.partitions('live'));
    }
  }

  /** Sleeps until there is something to do, at most `ms`. */
  private async idle(ms: number): Promise<void> {
    if (this.#awake) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private wake(): void {
    this.#awake = true;
    this.#rouse();
  }

  /** Sleeps, at most until the stop. */
  private async pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : typeof error === 'string' ? error : '';
}
