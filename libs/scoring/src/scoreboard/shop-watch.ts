import { modelDrift, modelReference, type CalibrationCheck, type ModelDrift } from '#contracts';
import {
  features,
  type FeatureReads,
  type Mark,
  type MarkedMonth,
  type MarkOutcomeReads,
  type MarkRepository,
  type ReadGate,
  type Shop,
  type StoredModel,
  type WatermarkRepository,
} from '#warehouse';
import { churnBands, openModel } from '../engine/index.js';
import type { NamedModel } from '../scorer/assessor.js';
import { isAboutTheModel, type ModelSource, type ScoringAlarms } from '../scorer/shop-scorer.js';
import { calibrationOf } from './calibration.js';
import { driftOf, referenceOfMonth, referenceOfTraining, type DriftReference } from './drift.js';
import { figuresOf } from './figures.js';
import { HeldBack } from './held-back.js';
import { basisOf, knownUntil, maturesAt, monthStarts, overlapOf } from './months.js';
import { BinCounts, ColumnSample, profileOf } from './profile.js';
import type { ScoreboardMetrics } from './scoreboard.metrics.js';
import { sweep } from './sweep.js';

const dayMs = 86_400_000;
/** Of the machine, between two looks of the same kind: a shop whose days are minutes is looked at less often than once a day. */
const leastMs = 300_000;
/** Marks per insert: half a megabyte of text, which takes some milliseconds to make. */
const marksPerInsert = 10_000;
const names = features.map(({ name }) => name);

export interface WatchParts {
  readonly gate: Pick<ReadGate, 'read'>;
  readonly watermarks: Pick<WatermarkRepository, 'read'>;
  readonly features: Pick<FeatureReads, 'past'>;
  readonly marks: MarkRepository;
  readonly outcomes: MarkOutcomeReads;
  readonly models: ModelSource;
  readonly alarms: ScoringAlarms;
  readonly metrics: ScoreboardMetrics;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** Milliseconds since some fixed moment. */
  readonly elapsed?: () => number;
  /** Wall clock. */
  readonly now?: () => number;
}

type Role = 'active' | 'shadow';

/**
 * Watches the models of one shop. Each turn does at most one thing that costs: marks one month, or measures drift, or looks at what happened;
 * the last two once a shop day. Everything is found out from what is stored, so a kill costs a turn. What fails waits, and the rest goes on.
 */
export class ShopWatch {
  /** The last look at what happened, and the last drift of this process: by role, with version and day of the shop's clock. */
  readonly #looked = new Map<Role, { readonly day: string; readonly at: number }>();
  readonly #drifted = new Map<Role, number>();
  readonly #held: HeldBack;
  /** The version that the alarm is about. */
  #alarmed: string | undefined;
  readonly #elapsed: () => number;

  constructor(
    readonly shop: Shop,
    private readonly parts: WatchParts,
  ) {
    this.#elapsed = parts.elapsed ?? (() => performance.now());
    this.#held = new HeldBack(this.#elapsed);
  }

  /**
   * @param signal ends what is under way
   * @returns whether something was done, so that there may be more
   * @throws when the store fails, or `signal` aborts it
   */
  async turn(signal: AbortSignal = new AbortController().signal): Promise<boolean> {
    const roles = await this.parts.models.roles(this.shop);
    // What was said of one version is not true of the next one, however long that takes to be known.
    if (this.#alarmed !== undefined && this.#alarmed !== roles.active) this.calm();
    const clock = await knownUntil(this.parts.watermarks, this.shop, (this.parts.now ?? Date.now)());
    if (clock === undefined) return false;
    for (const role of ['active', 'shadow'] as const) {
      const version = roles[role];
      if (version === undefined) {
        this.forget(role);
        continue;
      }
      if (await this.turnOf(role, version, clock, signal)) return true;
    }
    return false;
  }

  /** The shop is not this process's to watch any more. */
  leave(): void {
    for (const role of ['active', 'shadow'] as const) this.forget(role);
  }

  private async turnOf(role: Role, version: string, clock: number, signal: AbortSignal): Promise<boolean> {
    if (this.#held.waits(version)) return false;
    const months = await this.parts.marks.months(this.shop, version);
    const missing = monthStarts(this.shop.timeZone, clock).filter((start) => !months.some(({ reference }) => reference === start));
    for (const month of missing) {
      const work = `the marks of ${new Date(month).toISOString()} by ${version}`;
      if (this.#held.waits(work)) continue;
      return this.attempt(work, signal, () => this.using(version, (model, stored) => this.mark(model, stored, month, clock, signal)));
    }
    const drift = (await this.parts.marks.drifts(this.shop)).find(({ model }) => model === version);
    const now = this.#elapsed();
    const driftWork = `the drift of ${version}`;
    const isDue = drift === undefined || clock - drift.at >= dayMs;
    if (isDue && now - (this.#drifted.get(role) ?? -Infinity) >= leastMs && !this.#held.waits(driftWork)) {
      this.#drifted.set(role, now);
      const measure = (model: NamedModel, stored: StoredModel): Promise<void> =>
        this.measureDrift(role, model, stored, months, clock, signal);
      return this.attempt(driftWork, signal, () => this.using(version, measure));
    }
    const day = `${version} ${Math.floor(clock / dayMs)}`;
    const looked = this.#looked.get(role);
    if (looked && (looked.day === day || now - looked.at < leastMs)) return false;
    this.#looked.set(role, { day, at: now });
    if (drift) this.parts.metrics.drifted(this.shop.shop, role, modelDrift.parse(JSON.parse(drift.body)));
    return this.attempt(`what happened to scores of ${version}`, signal, () => this.look(role, version, months, clock));
  }

  /** Work that fails is said with its reason, once, and waits; the next turn is another's. */
  private async attempt(work: string, signal: AbortSignal, done: () => Promise<boolean>): Promise<boolean> {
    try {
      const something = await done();
      this.#held.well(work);
      return something;
    } catch (error) {
      signal.throwIfAborted();
      const why = String(error);
      if (this.#held.failed(work, why))
        this.parts.log.warn({ shop: this.shop.shop, work, error: why }, 'this could not be done, it is tried again later');
      return true;
    }
  }

  /** A model for as long as it is needed: a month later nobody wants its thread to have waited. */
  private async using(version: string, work: (model: NamedModel, stored: StoredModel) => Promise<void>): Promise<boolean> {
    let stored, model;
    try {
      stored = await this.parts.models.read(version);
      model = await openModel(stored);
    } catch (error) {
      if (!isAboutTheModel(error)) throw error;
      // The scorer raises the alarm: nobody is scored by it, and nothing that was said of its scores stands.
      if (this.#alarmed === version) this.calm();
      if (this.#held.failed(version, error.message))
        this.parts.log.warn({ shop: this.shop.shop, version, error: error.message }, 'the model cannot be watched');
      return false;
    }
    try {
      await work({ version, model }, stored);
      return true;
    } finally {
      await model.close();
    }
  }

  private async mark(model: NamedModel, { manifest }: StoredModel, reference: number, clock: number, signal: AbortSignal): Promise<void> {
    const sample = new ColumnSample(names.length + 1);
    let waiting: Mark[] = [];
    const flush = async (least: number): Promise<void> => {
      if (waiting.length < least) return;
      await this.parts.marks.write(this.shop, model.version, reference, waiting);
      waiting = [];
    };
    await sweep(
      this.parts.features,
      this.shop,
      model,
      new Date(reference),
      ({ customerId, probability, values }) => {
        sample.add(values);
        waiting.push({ customerId, probability, recency: values[0] ?? 0 });
      },
      { signal, afterChunk: () => flush(marksPerInsert) },
    );
    await flush(1);
    const body = JSON.stringify(await profileOf(names, sample));
    await this.parts.marks.close(this.shop, { model: model.version, at: reference, clock, customers: sample.seen, body });
    const basis = basisOf({ reference, clock, trainedAsOf: Date.parse(manifest.training.asOf) }, this.shop.clockMode === 'data');
    this.parts.log.info(
      { shop: this.shop.shop, version: model.version, reference: new Date(reference).toISOString(), customers: sample.seen, basis },
      'customers marked for the scoreboard',
    );
  }

  private async measureDrift(
    role: Role,
    model: NamedModel,
    { manifest }: StoredModel,
    months: readonly MarkedMonth[],
    clock: number,
    signal: AbortSignal,
  ): Promise<void> {
    const reference =
      referenceOfTraining(manifest) ?? (await this.referenceOfMonths(model.version, Date.parse(manifest.training.asOf), months));
    if (!reference) return;
    const counts = new BinCounts(names, reference.reference);
    await sweep(this.parts.features, this.shop, model, new Date(clock), ({ values }) => counts.add(values), { signal });
    const drift = driftOf(reference, counts, new Date(clock));
    await this.parts.marks.noteDrift(this.shop, {
      ...{ model: model.version, at: clock, clock, customers: counts.rows },
      body: JSON.stringify(drift satisfies ModelDrift),
    });
    this.parts.metrics.drifted(this.shop.shop, role, drift);
  }

  /** The first month behind the training that has customers, else the newest before. */
  private async referenceOfMonths(
    version: string,
    trainedAsOf: number,
    months: readonly MarkedMonth[],
  ): Promise<DriftReference | undefined> {
    const filled = months.filter(({ customers }) => customers > 0);
    const chosen = filled.find(({ reference }) => reference >= trainedAsOf) ?? filled.at(-1);
    const body = chosen && (await this.parts.marks.distribution(this.shop, version, chosen.reference));
    return chosen && body !== undefined ? referenceOfMonth(modelReference.parse(JSON.parse(body)), chosen.reference) : undefined;
  }

  /** What happened to scores of days that the training knew nothing of; the alarm is the active one's alone. */
  private async look(role: Role, version: string, months: readonly MarkedMonth[], clock: number): Promise<boolean> {
    const { manifest } = await this.parts.models.read(version);
    const trainedAsOf = Date.parse(manifest.training.asOf);
    const { horizonDays } = manifest;
    const known = months.filter(
      ({ reference, customers }) => customers > 0 && reference >= trainedAsOf && maturesAt(reference, horizonDays) <= clock,
    );
    const references = known.map(({ reference }) => reference);
    const query = { model: version, references, horizonDays, bands: churnBands };
    const { value: cells } = await this.parts.gate.read(this.shop, () => this.parts.outcomes.cells(this.shop, query));
    const check = calibrationOf(cells, references, horizonDays);
    const { auc } = figuresOf('all', cells, overlapOf(references, horizonDays));
    this.parts.metrics.matured(this.shop.shop, role, check?.difference ?? null, auc);
    if (role === 'active') this.tell(version, check);
    return true;
  }

  private tell(version: string, check: CalibrationCheck | null): void {
    const { alarms, log } = this.parts;
    const { shop } = this.shop;
    if (!check?.alarm) return this.calm();
    // Where nobody hears alarms, the log tells it; once, not each day.
    if (this.#alarmed !== version) log.warn({ shop, version, check: check.words }, 'the probabilities do not fit what happened');
    this.#alarmed = version;
    alarms.raise(
      shop,
      'active',
      `The probabilities of ${version} do not fit what happened. ${check.words} Train it again (npm run train -- --shop ${shop}) and promote it; until then trust who is above whom, not the level.`,
    );
  }

  private calm(): void {
    this.#alarmed = undefined;
    this.parts.alarms.clear(this.shop.shop, 'active');
  }

  /** No version has the role any more. */
  private forget(role: Role): void {
    if (role === 'active') this.calm();
    this.#looked.delete(role);
    this.parts.metrics.forget(this.shop.shop, role);
  }
}
