import { topicOf } from '#contracts';
import type { EventProducer } from '#streaming';
import {
  acquired,
  isMove,
  isSandbox,
  wallGraceMs,
  type Ground,
  type ReadGate,
  type ScoreRepository,
  type ScoreRole,
  type ScorerState,
  type Shop,
  type StoredModel,
  type Watermark,
} from '#warehouse';
import { openModel } from '../engine/index.js';
import { ScoringError } from '../scoring.errors.js';
import type { NamedModel } from './assessor.js';
import { ScoreTrack, type Plan, type TrackParts } from './score-track.js';
import { scoredEvent } from './scored-event.js';
import type { ScoringMetrics } from './scoring.metrics.js';

/** Whose turn it is to score a shop. */
export interface ScoringClaim {
  /** Resolves once this process has it. */
  acquire(): Promise<unknown>;
  /** Whether it still has it. */
  holds(): Promise<boolean>;
  release(): Promise<void>;
}

/** What a person should know of the scoring of a shop. */
export interface ScoringAlarms {
  raise(shop: string, subject: string, message: string): void;
  clear(shop: string, subject: string): void;
}

/** The registry of models, as far as it is needed here. */
export interface ModelSource {
  /** Versions by role; asked every second. */
  roles(shop: Shop): Promise<{ readonly active: string | undefined; readonly shadow: string | undefined }>;
  read(version: string): Promise<StoredModel>;
}

export interface ScorerParts extends TrackParts {
  readonly gate: Pick<ReadGate, 'readAhead'>;
  readonly scores: ScoreRepository;
  readonly models: ModelSource;
  readonly alarms: ScoringAlarms;
  readonly metrics: ScoringMetrics;
  readonly producer: () => Promise<EventProducer>;
  readonly claim: ScoringClaim;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** Milliseconds since some fixed moment. */
  readonly elapsed?: () => number;
}

/** How often the registry is asked which model counts. */
const rolesMs = 1_000;
/** How long the store may lag behind how far a role has come, where nothing is decided: alerts come due by what stands there. */
const noteMs = 5_000;
const roles: readonly ScoreRole[] = ['active', 'shadow'];

interface Role {
  readonly track: ScoreTrack;
  sequence: bigint;
  /** What is written of how far the role has come, and since when, as `elapsed` counts. */
  noted: ScorerState | undefined;
  notedAt: number;
}

/**
 * Scores one shop: `look` decides on everybody whom events or silence concern, writes that, and tells of changed bands. Written first, told
 * then, and what was told is noted last: what a kill leaves untold is told at the next start, from what was written, with the same ids.
 */
export class ShopScorer {
  readonly #roles = new Map<ScoreRole, Role>();
  readonly #models = new Map<ScoreRole, NamedModel>();
  readonly #refusedVersions = new Map<ScoreRole, string>();
  #rolesAt = -Infinity;
  #producer: EventProducer | undefined;
  #open = false;
  #saidNone = false;
  /** Where the live level stood a look ago, and since when it stands there. */
  #stood: { readonly at: string; readonly since: number } | undefined;
  readonly #elapsed: () => number;

  constructor(
    readonly shop: Shop,
    private readonly parts: ScorerParts,
  ) {
    this.#elapsed = parts.elapsed ?? (() => performance.now());
  }

  /** Whether the shop is this scorer's. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** How far behind the shop's clock the decisions are, in seconds of the shop; undefined before the first. */
  get lagSeconds(): number | undefined {
    const state = this.#roles.get('active')?.track.state;
    return state && this.#clock !== undefined ? Math.max(0, this.#clock - state.clock) / 1_000 : undefined;
  }
  #clock: number | undefined;

  /**
   * One batch per role. After an error the next look begins from what the store holds.
   * @param signal ends the waiting for the shop, where another process has it
   * @returns whether there is more to do right away
   */
  async look(signal?: AbortSignal): Promise<boolean> {
    try {
      await this.refreshModels();
      if (!this.#models.has('active') && !this.#models.has('shadow')) return false;
      if (!(await this.begin(signal))) return false;
      let more = false;
      for (const role of roles) more = (await this.lookAs(role)) || more;
      return more;
    } catch (error) {
      this.#open = false;
      this.#roles.clear();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const { model } of this.#models.values()) await model.close();
    this.#models.clear();
    await this.#producer?.close();
    this.#producer = undefined;
    await this.parts.claim.release();
  }

  /** Takes the shop over, and tells what the one before did not come to. */
  private async begin(signal?: AbortSignal): Promise<boolean> {
    if (this.#open && (await this.parts.claim.holds())) return true;
    this.#open = false;
    this.#roles.clear();
    if (!(await acquired(this.parts.claim, signal))) return false;
    for (const role of roles) {
      const { track, sequence } = await ScoreTrack.open(this.shop, role, this.parts);
      this.#roles.set(role, { track, sequence, noted: track.state, notedAt: this.#elapsed() });
    }
    const unsent = await this.parts.scores.unsent(this.shop);
    const last = unsent.at(-1);
    if (last) {
      await this.tell(unsent.map(({ decision }) => decision));
      await this.parts.scores.sent(this.shop, 'active', last.sequence);
      this.parts.log.info(
        { shop: this.shop.shop, decisions: unsent.length },
        'decisions told again that the last scorer may not have told',
      );
    }
    this.#open = true;
    return true;
  }

  private async lookAs(role: ScoreRole): Promise<boolean> {
    const [own, model] = [this.#roles.get(role), this.#models.get(role)];
    if (!own || !model) return false;
    const begun = this.#elapsed();
    const plan = await this.plan(own.track, model);
    const isTime = this.#elapsed() - own.notedAt >= noteMs;
    if (!plan) {
      // The clock may stand still for long: who waits for what was looked at last hears of it all the same.
      const { state } = own.track;
      if (state && state !== own.noted && isTime) await this.write(role, own, { state, decisions: [] });
      return false;
    }
    // A replay brings nothing more before it is noted.
    if (plan.lasting || isSandbox(this.shop) || isTime) await this.write(role, own, plan);
    own.track.done(plan);
    if (plan.decisions.length > 0) this.parts.metrics.scored(this.shop.shop, role, plan.decisions, (this.#elapsed() - begun) / 1_000);
    return plan.more;
  }

  /** Nothing is written while a plan is made, so it may be made again, where a settling went beyond what it took from the ledger. */
  private plan(track: ScoreTrack, model: NamedModel): Promise<Plan | undefined> {
    const work = async ({ settled, live }: Ground): Promise<Plan | undefined> => {
      if (!live) return undefined;
      this.#clock = live.clock?.getTime();
      const ground = { settled: settled?.positions ?? [], live, quietUntil: this.quietUntil(live) };
      return track.plan(model, ground, this.shop.clockMode === 'data');
    };
    return this.parts.gate.readAhead(this.shop, work, track.looksAtEverybody);
  }

  private async write(role: ScoreRole, own: Role, plan: Pick<Plan, 'state' | 'decisions'>): Promise<void> {
    own.sequence += 1n;
    const { sequence } = own;
    await this.parts.scores.write(this.shop, { role, sequence, state: plan.state, decisions: plan.decisions });
    [own.noted, own.notedAt] = [plan.state, this.#elapsed()];
    const moves = role === 'active' ? plan.decisions.filter(isMove) : [];
    if (moves.length === 0) return;
    await this.tell(moves);
    await this.parts.scores.sent(this.shop, role, sequence);
  }

  private async tell(decisions: Parameters<typeof scoredEvent>[1][]): Promise<void> {
    this.#producer ??= await this.parts.producer();
    await this.#producer.send(
      topicOf(this.shop.shop, 'alerts.v1'),
      decisions.map((decision) => scoredEvent(this.shop, decision)),
    );
  }

  /**
   * Up to when "no order until now" is sure. A tick of a source takes effect only when all before it is in. An import has no such word: while
   * it streams in, one partition may lag behind another, so silence waits until it stands still; between a customer's own events it is
   * decided on at once.
   */
  private quietUntil(live: Watermark): number {
    const clock = live.clock?.getTime() ?? -Infinity;
    if (this.shop.clockMode === 'wall') return clock - wallGraceMs;
    if (this.shop.clockMode === 'source') return clock;
    const at = live.positions.map(({ topic, partition, epoch, next }) => `${topic}/${partition}/${epoch}/${next}`).join();
    const now = this.#elapsed();
    if (this.#stood?.at !== at) this.#stood = { at, since: now };
    return now - this.#stood.since >= standsStillMs ? clock : -Infinity;
  }

  /** Which model counts may change at any time; one that does not fit changes nothing but its own role. */
  private async refreshModels(): Promise<void> {
    if (this.#elapsed() - this.#rolesAt < rolesMs) return;
    const { alarms, models, log } = this.parts;
    const { shop } = this.shop;
    const wanted = await models.roles(this.shop);
    this.#rolesAt = this.#elapsed();
    for (const role of roles) {
      const version = wanted[role];
      const present = this.#models.get(role);
      if (version !== undefined && version === present?.version && !present.model.hasEnded) continue;
      if (version === undefined) {
        this.#refusedVersions.delete(role);
        alarms.clear(shop, role);
        this.#models.delete(role);
        await present?.model.close();
        continue;
      }
      if (this.#refusedVersions.get(role) === version) continue;
      // The one before does not go on in its place: scores say which model they are of, and it is not this one any more.
      this.#models.delete(role);
      await present?.model.close();
      try {
        const { manifest, file } = await models.read(version);
        this.#models.set(role, { version, model: await openModel({ manifest, file }) });
        this.#refusedVersions.delete(role);
        alarms.clear(shop, role);
        log.info({ shop, role, version }, 'model in use');
      } catch (error) {
        if (!isAboutTheModel(error)) throw error;
        this.#refusedVersions.set(role, version);
        alarms.raise(shop, role, `The ${role} churn model ${version} cannot be used, nobody is scored by it: ${error.message}`);
        log.warn({ shop, role, version, error: error.message }, 'the model cannot be used');
      }
    }
    if (wanted.active === undefined && !this.#saidNone) {
      this.#saidNone = true;
      log.info({ shop }, 'no active churn model: nobody is scored. Train one (npm run train), add and promote it (cli model)');
    }
    if (wanted.active !== undefined) this.#saidNone = false;
  }
}

/** An import that brought nothing for so long is over, for now. */
const standsStillMs = 2_000;

/** Whether the model is at fault, so that trying again helps nobody; a store or a thread that does not answer is not. */
export function isAboutTheModel(error: unknown): error is Error {
  if (error instanceof ScoringError) return !error.retryable;
  return error instanceof Error && 'code' in error && ['model-unknown', 'model-invalid', 'model-damaged'].includes(String(error.code));
}
