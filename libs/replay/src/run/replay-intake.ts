import type { RealClock } from '#clock';
import { topicOf } from '#contracts';
import type { IntakeFeed, SandboxIntake } from '#ingestion';
import type { PartitionBounds } from '#streaming';
import {
  before,
  instantOf,
  isScored,
  type AlertRuleRepository,
  type LedgerRepository,
  type ReplayPlan,
  type ReplayReads,
  type ReplayRepository,
  type ScoreReads,
  type Shop,
} from '#warehouse';
import { ReplayRun, type SandboxStand } from './replay-run.js';
import { tickPlace } from './replay-tick.js';

/** How often it is asked whether this process refreshes the sandbox. */
const lookMs = 200;
const retryMs = 1_000;
/** How often it is asked how far the scorer has come. */
const scoredMs = 50;

export interface ReplayIntakeParts {
  readonly replays: Pick<ReplayRepository, 'plan' | 'turns' | 'turn'>;
  /** Made for each run: its pages adapt to the messages that it meets. */
  readonly reads: () => ReplayReads;
  readonly ledger: LedgerRepository;
  readonly rules: Pick<AlertRuleRepository, 'all' | 'add'>;
  readonly scores: Pick<ScoreReads, 'toldUntil'>;
  readonly clock: RealClock;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** Feeds sandboxes with the replays that were planned for them; one that was cut off goes on where its ledger ends. */
export class ReplayIntake implements SandboxIntake {
  readonly #plans = new Map<string, Promise<ReplayPlan | undefined>>();

  constructor(private readonly parts: ReplayIntakeParts) {}

  open(feed: IntakeFeed): { stop(): Promise<void> } {
    const stop = new AbortController();
    const feeding = this.feed(feed, stop.signal).catch((error: unknown) => feed.onBroken(`The replay ended: ${wordsOf(error)}`));
    return {
      stop: async () => {
        stop.abort();
        await feeding;
      },
    };
  }

  async bounds(shop: Shop): Promise<PartitionBounds[]> {
    const plan = await this.plan(shop);
    return (plan?.ends ?? []).map(({ topic, partition, messages }) => ({
      ...{ topic: topicOf(shop.shop, topic), partition, start: 0n, end: BigInt(messages) },
    }));
  }

  private async feed(feed: IntakeFeed, signal: AbortSignal): Promise<void> {
    const { clock, log, replays } = this.parts;
    const { shop } = feed;
    while (!signal.aborted) {
      if (!feed.refreshes()) {
        await clock.sleep(lookMs, signal);
        continue;
      }
      try {
        const [plan, { broken }] = await Promise.all([this.plan(shop), replays.turns(shop)]);
        const why = broken ?? (plan ? null : `There is no plan for ${shop.shop}. Delete it and replay anew.`);
        if (why !== null) return feed.onBroken(why);
        if (plan && (await this.run(plan, feed, signal))) {
          log.info({ shop: shop.shop, source: plan.source.shop }, 'everything of the replay is in the ledger');
          return;
        }
      } catch (error) {
        if ((error as { retryable?: boolean }).retryable !== true) {
          log.warn({ shop: shop.shop, err: error }, 'replay broken');
          await replays.turn(shop.database, { turn: 'broken', detail: wordsOf(error) }, 'tideline');
          return feed.onBroken(wordsOf(error));
        }
        feed.onState('retrying', error);
        await clock.sleep(retryMs, signal);
      }
    }
  }

  /** @returns whether everything is in the ledger; else it was stopped, or another process refreshes the sandbox now */
  private async run(plan: ReplayPlan, feed: IntakeFeed, signal: AbortSignal): Promise<boolean> {
    const { replays, clock } = this.parts;
    const reads = this.parts.reads();
    const topics = [...new Set(plan.ends.map(({ topic }) => topic))];
    const lost = new AbortController();
    const watch = setInterval(() => feed.refreshes() || lost.abort(), lookMs);
    const until = AbortSignal.any([signal, lost.signal]);
    try {
      if (isScored(feed.shop)) await this.takeRules(plan, feed.shop);
      const run = new ReplayRun({
        ...{ plan, feed, clock },
        page: (after) => reads.page(plan.source, plan.selection, topics, after),
        turns: () => replays.turns(feed.shop),
        stands: () => this.stands(feed.shop),
        counts: () => this.counts(feed.shop),
        onDurable: () => feed.onState('running'),
        ...(isScored(feed.shop) ? { scored: (instant: number, signalled: AbortSignal) => this.scored(feed.shop, instant, signalled) } : {}),
      });
      await run.run(until);
      return !until.aborted;
    } finally {
      clearInterval(watch);
    }
  }

  /** The rules of alerts that the source has as the replay begins, each with the instant from which it was in force. */
  private async takeRules({ source }: ReplayPlan, sandbox: Shop): Promise<void> {
    const { rules } = this.parts;
    const { tick } = await this.stands(sandbox);
    if (tick) return;
    // One that is there already is the same, and the first of its revision counts.
    for (const rule of await rules.all({ ...sandbox, ...source })) await rules.add(sandbox, rule);
  }

  private async scored(sandbox: Shop, until: number, signal: AbortSignal): Promise<void> {
    const { scores, clock } = this.parts;
    // A store that does not answer says nothing yet; nothing of the replay failed.
    const told = (): Promise<number | undefined> => scores.toldUntil(sandbox).catch(() => undefined);
    while (!signal.aborted && ((await told()) ?? -Infinity) < until) await clock.sleep(scoredMs, signal);
  }

  private async stands(shop: Shop): Promise<SandboxStand> {
    const { ledger } = this.parts;
    const everything = before([{ ...tickPlace, epoch: 2, next: 0n }]);
    const [heads, [tick]] = await Promise.all([ledger.heads(shop), ledger.ticks(shop, everything, 1)]);
    return {
      tick: tick && { now: instantOf(tick.now).getTime(), offsets: tick.offsets },
      next: new Map(heads.map(({ topic, partition, next }) => [`${topic}/${partition}`, next])),
    };
  }

  private async counts(shop: Shop): Promise<Map<string, bigint>> {
    return new Map((await this.parts.ledger.spans(shop)).map(({ topic, partition, distinct }) => [`${topic}/${partition}`, distinct]));
  }

  /** A plan never changes. */
  private plan(shop: Shop): Promise<ReplayPlan | undefined> {
    let plan = this.#plans.get(shop.database);
    if (!plan) {
      this.#plans.set(shop.database, (plan = this.parts.replays.plan(shop)));
      plan.then(
        (found) => found ?? this.#plans.delete(shop.database),
        () => this.#plans.delete(shop.database),
      );
    }
    return plan;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
