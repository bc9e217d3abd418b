import type { ScoreCause } from '#contracts';
import {
  areWithin,
  isSandbox,
  LedgerVersionReads,
  liesBefore,
  lowerOf,
  MomentReads,
  scoredPositions,
  ScoreRepository,
  type KnownVersion,
  type Position,
  type ScoreDecision,
  type ScoreRole,
  type ScorerState,
  type Shop,
  type Standing,
  type Watermark,
} from '#warehouse';
import { Assessor, type NamedModel } from './assessor.js';
import { Batch, type Planned } from './batch.js';
import { CrossingQueue, type Due } from './crossing-queue.js';
import type { Course } from './decide.js';
import { historyMs, mutingOf } from './muting.js';
import { RecentReader } from './recent-reader.js';
import { turnsOf } from './turns.js';

/** Ledger rows per partition that one batch decides on at most. */
const rowsPerBatch = 1_000;
/** Rows behind which nobody is decided on event by event any more: everybody is looked at once, at the shop's clock. */
const mostBehindRows = 20_000;
/** Customers of one batch while everybody is looked at: whom an event touches meanwhile waits for one of them. */
const customersPerBatch = 1_000;
/** Crossings of one batch. */
const crossingsPerBatch = 2_000;

/** Where the figures stand as a batch begins. */
export interface TrackGround {
  /** What the facts hold at least; what moved behind it is taken from the ledger. */
  readonly settled: readonly Position[];
  /** How far the ledger is known to be whole, and the shop's time then. */
  readonly live: Watermark;
  /** How far silence may be decided on, Unix milliseconds. */
  readonly quietUntil: number;
}

/** A batch, decided on and not written yet. */
export interface Plan {
  readonly state: ScorerState;
  readonly decisions: readonly ScoreDecision[];
  /** Whether there is more to do right away. */
  readonly more: boolean;
  /** What else was found out: next crossings of customers whose decision said nothing new. */
  readonly courses: readonly Course[];
  /** Whether a kill may not forget it: what only says how far the track read would be found out again. */
  readonly lasting: boolean;
  /** Whether a look at everybody begins with it. */
  readonly begins: boolean;
}

export interface TrackParts {
  readonly scores: ScoreRepository;
  readonly versions: LedgerVersionReads;
  readonly moments: MomentReads;
  readonly refused: (customerId: string, feature: string) => void;
  /** Ledger rows; 20,000 where nothing is said. */
  readonly mostBehind?: number;
}

/**
 * The decisions of one role in one shop: who is to be decided on, when, and what comes of it. `plan` reads and computes, `done` takes over
 * what was written; between them the caller writes. Nothing here is kept that is not in the store too.
 *
 * By its active model a sandbox begins with nobody, and is decided on from tick to tick, each stretch whole: its replay brings the next one
 * when this one is decided on, so nothing else is there when a tick takes effect. Then decisions are those of its history, whatever its pace.
 */
export class ScoreTrack {
  readonly #standings = new Map<string, Standing>();
  readonly #queue = new CrossingQueue();
  readonly #assessor: Assessor;
  #recent: RecentReader;
  #state: ScorerState | undefined;
  /** Where the ledger stood when the look at everybody began, or when this process took it up. */
  #sweepFrom: readonly Position[] | undefined;

  /** Whether stretches between ticks are decided on whole. A shadow keeps nobody waiting, so it may find any part of them. */
  readonly #byStretch: boolean;

  private constructor(
    private readonly shop: Shop,
    readonly role: ScoreRole,
    private readonly parts: TrackParts,
  ) {
    this.#byStretch = isSandbox(shop) && role === 'active';
    this.#assessor = new Assessor(parts.moments, shop, parts.refused);
    this.#recent = new RecentReader(shop, parts.versions);
  }

  /** Takes up what the store holds. @returns the track and its first sequence */
  static async open(shop: Shop, role: ScoreRole, parts: TrackParts): Promise<{ track: ScoreTrack; sequence: bigint }> {
    const track = new ScoreTrack(shop, role, parts);
    const { state, sequence } = await parts.scores.start(shop, role);
    track.#state = state;
    if (state) for (const standing of await parts.scores.standings(shop, role)) track.stand(standing);
    return { track, sequence };
  }

  get state(): ScorerState | undefined {
    return this.#state;
  }
  /** Whether customers are taken from the settled level too, one chunk after the other. */
  get looksAtEverybody(): boolean {
    return this.#state?.sweep !== undefined;
  }
  get nextCrossing(): number | undefined {
    return this.#queue.next()?.at;
  }
  /** Customers with a score. */
  get size(): number {
    return this.#standings.size;
  }

  /**
   * What comes next. Reads only, and may be called again: must be within one `ReadGate.readAhead`, a still one while it looks at everybody.
   * @param allMuted whether the shop's clock is its data: whatever comes is history
   */
  async plan(model: NamedModel, ground: TrackGround, allMuted: boolean): Promise<Plan | undefined> {
    const { live, settled } = ground;
    const clock = live.clock?.getTime();
    // The source sends its history first: there is no time yet at which anybody could be looked at.
    if (clock === undefined) return undefined;
    const known = scoredPositions(live.positions);
    const state = this.#state ?? (this.#byStretch ? { model: model.version, positions: [], clock: 0, sweep: undefined } : undefined);
    if (!state) return this.lookAtAll(model, known, clock, 'first');
    // The store was away and the figures have not come again to where this track is: to go back would be to decide twice.
    if (!areWithin(state.positions, known)) return undefined;
    // Of a sandbox's next stretch a part may be there: it comes when its tick has taken effect.
    const ends = this.#byStretch && clock <= state.clock ? state.positions : known;
    const behind = rowsBetween(state.positions, ends);
    const { mostBehind = mostBehindRows } = this.parts;
    if (!this.#byStretch && behind > mostBehind) {
      const older = await this.parts.versions.recordedBefore(this.shop, state.positions, ends, new Date(state.clock - historyMs));
      return this.lookAtAll(model, ends, clock, 'event', older * 2 > behind);
    }
    if (state.model !== model.version) return this.lookAtAll(model, state.positions, state.clock, 'model');

    // Who bought before the look began is among the customers of the settled level once that has come so far; who did later is touched.
    this.#sweepFrom ??= state.positions;
    const isLevelThere = areWithin(this.#sweepFrom, settled);
    // A first look begins behind a whole history. Much of it may not be settled yet: to read that would hold up the settling that everybody
    // waits for, and it would be let go of right after. What comes meanwhile is decided on then, as it would have been.
    const { cause, nextKey } = state.sweep ?? {};
    if (cause === 'first' && nextKey === 1 && rowsBetween(scoredPositions(settled), this.#sweepFrom) > mostBehind) return undefined;

    await this.#recent.follow(lowerOf(scoredPositions(settled), state.positions), known);
    const until = this.#byStretch ? ends : capped(state.positions, ends);
    const all = until.every((each) => ends.some((end) => end.next === each.next && samePlace(end, each)));
    // What is not decided on yet may lie before any instant that the clock says.
    const { due, quietUntil } = this.due(all ? ground.quietUntil : -Infinity);
    const { versions } = this.#recent;
    const rows = versions.fresh.filter((row) => !liesBefore(row, state.positions) && liesBefore(row, until) && !versions.isCopy(row));
    const turns = this.turnsByCustomer(rows);
    const looks = state.sweep !== undefined && all && isLevelThere;
    const chunk = looks && state.sweep ? await this.parts.moments.customers(this.shop, state.sweep.nextKey, customersPerBatch) : undefined;
    const looked = (chunk?.ids ?? []).filter((id) => !turns.has(id) && (state.sweep?.cause !== 'first' || !this.#standings.has(id)));
    const sweep = looks && state.sweep ? chunk && { ...state.sweep, nextKey: chunk.nextKey } : state.sweep;
    if (rows.length + due.length + looked.length === 0 && sweep === state.sweep && all && clock === state.clock) return undefined;

    const isMuted = mutingOf({ allMuted, clock: state.clock, turns, looked: state.sweep?.muted ? looked : [] });
    const batch = new Batch(model, versions, this.#assessor, until, { quietUntil, isMuted });
    const visitsOf = new Map<string, Planned[]>([...turns].map(([id, own]) => [id, own.map((turn) => ({ ...turn, cause: 'event' }))]));
    for (const id of looked) visitsOf.set(id, [{ at: Math.max(clock, this.decidedAt(id)), cause: state.sweep?.cause ?? 'first' }]);
    const concerned = new Set([...visitsOf.keys(), ...due.map(({ customerId }) => customerId)]);
    const { decisions, courses } = await batch.decide(
      [...concerned].map((customerId) => ({
        customerId,
        planned: visitsOf.get(customerId) ?? [],
        band: this.#standings.get(customerId)?.band ?? ('none' as const),
        nextCrossing: this.#standings.get(customerId)?.nextCrossing,
      })),
      looked.length > 0 ? 'background' : 'reader',
    );
    return {
      state: {
        model: model.version,
        positions: until,
        clock: Math.max(state.clock, !all ? -Infinity : quietUntil < ground.quietUntil ? quietUntil : clock),
        sweep,
      },
      decisions,
      courses,
      lasting: decisions.length > 0 || sweep !== state.sweep,
      begins: false,
      more: !all || (looks && sweep !== undefined) || quietUntil < ground.quietUntil,
    };
  }

  /** A batch was written. */
  done({ state, decisions, courses, begins }: Plan): void {
    if (begins) {
      // What lies before is part of the look at everybody; it may be more than anybody wants to hold.
      this.#recent = new RecentReader(this.shop, this.parts.versions);
    }
    if (begins || state.sweep === undefined) this.#sweepFrom = undefined;
    this.#state = state;
    for (const { customerId, band, decidedAt, nextCrossing } of decisions) this.stand({ customerId, band, decidedAt, nextCrossing });
    for (const { customerId, nextCrossing } of courses) this.#queue.set(customerId, nextCrossing);
  }

  private stand(standing: Standing): void {
    const { customerId, band, nextCrossing } = standing;
    if (band === 'none') this.#standings.delete(customerId);
    else this.#standings.set(customerId, standing);
    this.#queue.set(customerId, band === 'none' ? undefined : nextCrossing);
  }

  /**
   * Crossings up to the clock. Of many the earliest: then silence is decided on up to the first that is left out, so that whatever comes of
   * them lies before it, and everybody's decisions are in the order of time.
   */
  private due(until: number): { due: Due[]; quietUntil: number } {
    const due = this.#queue.due(until, crossingsPerBatch + 1);
    const [first, left] = [due[0], due[crossingsPerBatch]];
    if (!first || !left) return { due, quietUntil: until };
    // As many as cross at one and the same millisecond are decided on together.
    const quietUntil = Math.max(first.at, left.at - 1);
    return { due: this.#queue.due(quietUntil, Infinity), quietUntil };
  }

  private decidedAt(customerId: string): number {
    return this.#standings.get(customerId)?.decidedAt ?? -Infinity;
  }

  /**
   * Everybody is looked at from here on; what the ledger holds before is part of that. A look that is told to nobody and ends in the middle,
   * for another model or a ledger that ran ahead, is told to nobody to its end: whom it had not come to has no band yet, or the one from
   * before the import, and all that changes it lies in the past. Whom it had come to and the new model moves is muted with them: to tell
   * these apart would take a mark on each, and what was found of them a moment ago was told to nobody either.
   */
  private lookAtAll(model: NamedModel, positions: readonly Position[], clock: number, cause: ScoreCause, isHistory = false): Plan {
    const cut = this.#state?.sweep;
    const muted = isHistory || cut?.muted === true || cut?.cause === 'first';
    return {
      state: { model: model.version, positions, clock, sweep: { nextKey: 1, cause, muted } },
      decisions: [],
      courses: [],
      lasting: true,
      begins: true,
      more: true,
    };
  }

  private turnsByCustomer(rows: readonly KnownVersion[]): Map<string, ReturnType<typeof turnsOf>> {
    const byCustomer = new Map<string, KnownVersion[]>();
    for (const row of [...rows].sort(byPlace)) {
      for (const customer of this.#recent.versions.customersOf(row)) {
        const own = byCustomer.get(customer);
        if (own) own.push(row);
        else byCustomer.set(customer, [row]);
      }
    }
    return new Map([...byCustomer].map(([customer, own]) => [customer, turnsOf(own, this.decidedAt(customer))]));
  }
}

function byPlace(a: KnownVersion, b: KnownVersion): number {
  return a.partition - b.partition || a.epoch - b.epoch || (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0);
}

function samePlace(a: Position, b: Position): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.epoch === b.epoch;
}

/** Ledger rows between two sets of positions; a partition that entered a new epoch counts with what that one holds. */
function rowsBetween(from: readonly Position[], to: readonly Position[]): number {
  return to.reduce((sum, end) => {
    const start = from.find((each) => samePlace(each, end));
    return sum + Number(end.next - (start?.next ?? 0n));
  }, 0);
}

/** At most so many rows of each partition. A new epoch is entered whole. */
function capped(from: readonly Position[], to: readonly Position[]): Position[] {
  return to.map((end) => {
    const start = from.find((each) => samePlace(each, end)) ?? { next: 0n };
    const next = start.next + BigInt(rowsPerBatch);
    return next < end.next ? { ...end, next } : end;
  });
}
