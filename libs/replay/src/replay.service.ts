import { Zone } from '#clock';
import { modelKinds, type ReplayAnswer, type ReplayBody, type ReplayChange, type ReplayPlanAnswer, type ReplayPlanQuery } from '#contracts';
import {
  findShop,
  isSandbox,
  isScored,
  messagesBefore,
  messagesOf,
  type ModelRepository,
  type ReplayPlan,
  type ReplayReads,
  type ReplayRepository,
  type ReplaySelection,
  type ReplaySurvey,
  type ReplayTurns,
  type ScoreReads,
  type Shop,
  type ShopRepository,
  type Watermark,
  type WatermarkRepository,
} from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReplayError } from './replay.errors.js';

export interface ReplayParts {
  readonly shops: ShopRepository;
  readonly watermarks: WatermarkRepository;
  readonly replays: ReplayRepository;
  readonly reads: () => ReplayReads;
  readonly models: Pick<ModelRepository, 'rolesOf' | 'move'>;
  readonly scores: Pick<ScoreReads, 'toldUntil'>;
}

/** Messages a second that a replay at full speed brings into every figure; `npm run bench -- replay` measures it. */
const usualRate = 15_000;
/** How long a delete waits until the sandbox's database is gone. */
const goneMs = 10_000;

interface Asked {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Replays: what one would do, a start, how far they are, other speeds, and an end of their sandboxes. */
export class ReplayService {
  /** One start at a time: two of one name would see that it is free. */
  #starting: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: ReplayParts) {}

  /** What a replay would do. @throws {ReplayError} `replay-range-empty`, {WarehouseError} `shop-unknown` */
  async survey(name: string, query: ReplayPlanQuery): Promise<ReplayPlanAnswer> {
    const source = await findShop(this.parts.shops, name);
    const { plan, found } = await this.planned(source, query, '', true);
    const of = (pick: (each: ReplaySurvey) => number): number => found.reduce((sum, each) => sum + pick(each), 0);
    const messages = messagesOf(plan);
    const lasts = found.flatMap(({ last }) => (last === null ? [] : [last]));
    const span = plan.startsAt !== null && plan.endsAt !== null ? (plan.endsAt - plan.startsAt) / 1000 : 0;
    const paced = query.speed === 'max' ? 0 : Math.max(0, span) / query.speed;
    return {
      shop: source.shop,
      ...rangeOf(plan),
      messages,
      deadLetters: of(({ rejected }) => rejected),
      bytes: of(({ bytes }) => bytes),
      lost: of(({ lost }) => lost),
      first: textOf(plan.startsAt),
      last: lasts.length === 0 ? null : textOf(Math.max(...lasts)),
      startsAt: textOf(plan.startsAt),
      endsAt: textOf(plan.endsAt),
      partitions: plan.ends.map((end) => ({ ...end })),
      etaSeconds: Math.round(Math.max(paced, messages / usualRate) * 10) / 10,
    };
  }

  /**
   * Makes the sandbox; whoever refreshes shops brings the messages.
   * @throws {ReplayError} `replay-target-live`, `replay-target-taken`, `replay-range-empty`, `replay-nothing`, `replay-unscored`
   */
  start(name: string, body: ReplayBody, askedBy: string): Promise<ReplayAnswer> {
    const started = this.#starting.then(() => this.startOne(name, body, askedBy));
    this.#starting = started.catch(() => undefined);
    return started;
  }

  private async startOne(name: string, body: ReplayBody, askedBy: string): Promise<ReplayAnswer> {
    const { shops, replays } = this.parts;
    const source = await findShop(shops, name);
    await this.refuseTarget(body.into);
    const { plan } = await this.planned(source, body, askedBy);
    if (messagesOf(plan) === 0) {
      throw new ReplayError(
        'replay-nothing',
        `${name} has no message ${wordsOfRange(body)} that its figures hold: there is nothing to replay. See GET /api/v1/shops/${name}/replay-plan.`,
      );
    }
    const database = await shops.nextDatabase(body.into);
    const models = body.scores ? await this.modelsOf(source, plan) : [];
    await replays.add(database, plan, speedOf(body.speed));
    for (const version of models) await this.parts.models.move({ shop: body.into, database }, 'promote', version, askedBy);
    const { timeZone, currency, fiscalYearStart } = source;
    const sandbox = await shops.register({
      ...{ shop: body.into, timeZone, currency, fiscalYearStart, clockMode: 'source', replayOf: source.shop },
      ...(body.scores ? { scored: true } : {}),
    });
    return this.describe(sandbox);
  }

  /** The models that are active in a shop whose customers are to be scored once more. @throws {ReplayError} `replay-unscored` */
  private async modelsOf(source: Shop, { endsAt }: ReplayPlan): Promise<string[]> {
    const refused = (why: string): ReplayError =>
      new ReplayError('replay-unscored', `Nobody can be scored as ${source.shop} is replayed: ${why}, or replay without scores.`);
    if (isSandbox(source)) throw refused(`it is a sandbox itself. Replay ${source.replayOf}`);
    if (endsAt === null) throw refused('it has no time yet. Wait for its first tick');
    const roles = await Promise.all(modelKinds.map((kind) => this.parts.models.rolesOf(source, kind)));
    if (roles[modelKinds.indexOf('churn')]?.active === undefined) {
      throw refused('it has no active churn model. Promote one (npm run -s cli -- model list)');
    }
    return roles.flatMap(({ active }) => active ?? []);
  }

  /** @throws {WarehouseError} `shop-unknown` */
  async list(name: string): Promise<ReplayAnswer[]> {
    const source = await findShop(this.parts.shops, name);
    const sandboxes = (await this.parts.shops.list()).filter(({ replayOf }) => replayOf === source.shop);
    return Promise.all(sandboxes.map((sandbox) => this.describe(sandbox)));
  }

  /** @throws {ReplayError} `replay-unknown` */
  async show(name: string, sandbox: string): Promise<ReplayAnswer> {
    return this.describe(await this.sandbox(name, sandbox));
  }

  /** Another speed, a pause, an end of it. @throws {ReplayError} `replay-unknown`, `replay-over` */
  async change(name: string, into: string, { speed, paused }: ReplayChange, by: string): Promise<ReplayAnswer> {
    const sandbox = await this.sandbox(name, into);
    const { state, detail } = await this.describe(sandbox);
    if (state === 'done' || state === 'broken') {
      const words = state === 'done' ? `${into} holds all of its replay` : `The replay into ${into} is broken (${detail})`;
      throw new ReplayError('replay-over', `${words}: there is nothing to change. Delete it, or replay into another sandbox.`);
    }
    const { replays } = this.parts;
    if (speed !== undefined) await replays.turn(sandbox.database, { turn: 'speed', speed: speedOf(speed) }, by);
    if (paused !== undefined) await replays.turn(sandbox.database, { turn: paused ? 'paused' : 'resumed' }, by);
    return this.describe(sandbox);
  }

  /** The sandbox is gone at once; its database follows as soon as nobody works on it, which is waited for. */
  async remove(name: string, into: string): Promise<void> {
    const { shops } = this.parts;
    const sandbox = await this.sandbox(name, into);
    await shops.remove(sandbox);
    const deadline = performance.now() + goneMs;
    while ((await shops.removed()).some(({ database }) => database === sandbox.database) && performance.now() < deadline) await sleep(100);
  }

  private async planned(
    source: Shop,
    asked: Asked,
    askedBy: string,
    withBytes = false,
  ): Promise<{ plan: ReplayPlan; found: ReplaySurvey[] }> {
    const zone = new Zone(source.timeZone);
    const momentOf = (text: string | undefined): number | null =>
      text === undefined ? null : text.includes('T') ? Date.parse(text) : zone.startOfDate(text);
    const [from, to] = [momentOf(asked.from), momentOf(asked.to)];
    if (from !== null && to !== null && from >= to) {
      throw new ReplayError(
        'replay-range-empty',
        `from=${asked.from} is not before to=${asked.to}: the range holds nothing. Swap them or widen it.`,
      );
    }
    const watermark = await this.parts.watermarks.read(source);
    const selection: ReplaySelection = { from, to, positions: watermark?.positions ?? [] };
    const found = await this.parts.reads().survey(source, selection, withBytes);
    return { plan: planOf(source, selection, watermark, found, askedBy), found };
  }

  private async refuseTarget(into: string): Promise<void> {
    const there = await this.parts.shops.find(into);
    if (!there) return;
    if (!isSandbox(there)) {
      throw new ReplayError(
        'replay-target-live',
        `${into} is a live shop: a replay never writes into one. Name a sandbox that does not exist yet.`,
      );
    }
    throw new ReplayError(
      'replay-target-taken',
      `The sandbox ${into} exists, from a replay of ${there.replayOf}. Delete it (npm run -s cli -- replay delete ${into}) or name another one.`,
    );
  }

  private async sandbox(name: string, into: string): Promise<Shop> {
    const all = await this.parts.shops.list();
    const sandbox = all.find(({ shop, replayOf }) => shop === into && replayOf === name);
    if (sandbox) return sandbox;
    const names = all.filter(({ replayOf }) => replayOf === name).map(({ shop }) => shop);
    throw new ReplayError(
      'replay-unknown',
      `There is no replay of ${name} into ${into}. ${names.length > 0 ? `There are: ${names.join(', ')}.` : 'There is none.'}`,
    );
  }

  private async describe(sandbox: Shop): Promise<ReplayAnswer> {
    const { replays, watermarks, scores } = this.parts;
    const scored = isScored(sandbox);
    const [plan, turns, watermark, scoredUntil] = await Promise.all([
      replays.plan(sandbox),
      replays.turns(sandbox),
      // Its tables may not be there yet.
      watermarks.read(sandbox).catch(() => undefined),
      scored ? scores.toldUntil(sandbox).catch(() => undefined) : undefined,
    ]);
    const broken = turns.broken ?? (plan ? null : 'There is no plan of it. Delete it and replay anew.');
    return {
      sandbox: sandbox.shop,
      shop: sandbox.replayOf ?? '',
      ...rangeOf(plan),
      speed: turns.speed ?? 'max',
      state: broken !== null || !plan ? 'broken' : stateOf(plan, turns, watermark, scored ? (scoredUntil ?? null) : undefined),
      detail: broken ?? '',
      messages: plan ? messagesOf(plan) : 0,
      inFigures: plan ? messagesBefore(plan, watermark?.positions ?? []) : 0,
      clock: watermark?.clock?.toISOString() ?? null,
      endsAt: textOf(plan?.endsAt ?? null),
      scored,
      scoredUntil: textOf(scoredUntil ?? null),
      askedBy: plan?.askedBy ?? '',
      askedAt: new Date(plan?.askedAt ?? 0).toISOString(),
    };
  }
}

/** The sandbox's clock ends where the source's stands, or at the end of what was asked for, whichever is earlier. */
export function planOf(
  source: Shop,
  selection: ReplaySelection,
  watermark: Pick<Watermark, 'clock'> | undefined,
  found: readonly ReplaySurvey[],
  askedBy: string,
): ReplayPlan {
  const clock = watermark?.clock?.getTime() ?? null;
  const firsts = found.flatMap(({ first }) => (first === null ? [] : [first]));
  return {
    source: { shop: source.shop, database: source.database },
    selection,
    ends: found.filter(({ messages }) => messages > 0).map(({ topic, partition, messages }) => ({ topic, partition, messages })),
    startsAt: firsts.length === 0 ? null : Math.min(...firsts),
    endsAt: clock === null ? null : Math.min(clock, selection.to ?? clock),
    askedBy,
    askedAt: Date.now(),
  };
}

/**
 * Done is a matter of position: every planned message is in every figure, and the clock stands at its end.
 * @param scoredUntil up to when customers are decided on, which has to be the end then; undefined where nobody is scored
 */
export function stateOf(
  plan: Pick<ReplayPlan, 'ends' | 'endsAt'>,
  turns: Pick<ReplayTurns, 'paused'>,
  watermark: Pick<Watermark, 'positions' | 'clock'> | undefined,
  scoredUntil?: number | null,
): ReplayAnswer['state'] {
  if (!watermark) return turns.paused ? 'paused' : 'preparing';
  const there = messagesBefore(plan, watermark.positions) === messagesOf(plan);
  const onTime = plan.endsAt === null || (watermark.clock !== null && watermark.clock.getTime() >= plan.endsAt);
  const decided = scoredUntil === undefined || plan.endsAt === null || (scoredUntil ?? -Infinity) >= plan.endsAt;
  return there && onTime && decided ? 'done' : turns.paused ? 'paused' : 'running';
}

function rangeOf(plan: ReplayPlan | undefined): { from: string | null; to: string | null } {
  return { from: textOf(plan?.selection.from ?? null), to: textOf(plan?.selection.to ?? null) };
}

function speedOf(speed: number | 'max'): number | null {
  return speed === 'max' ? null : speed;
}

function textOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function wordsOfRange({ from, to }: Asked): string {
  const words = [...(from === undefined ? [] : [`known from ${from} on`]), ...(to === undefined ? [] : [`known before ${to}`])];
  return words.join(' and ') || 'at all';
}
