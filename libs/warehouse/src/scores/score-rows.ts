import type { ScoreBand, ScoreCause } from '#contracts';
import { instantOf, textOf } from '../watermark.repository.js';
import type { Position } from '../positions.js';

/** `active`: the scores that count. `shadow`: those of a model that is tried beside it; nothing follows from them. */
export type ScoreRole = 'active' | 'shadow';
/** `none`: the customer has no order any more, or cannot be scored. */
export type HeldBand = ScoreBand | 'none';

/** One decision on one customer. */
export interface ScoreDecision {
  readonly customerId: string;
  /** Unix milliseconds. */
  readonly decidedAt: number;
  readonly model: string;
  readonly cause: ScoreCause;
  /** NaN where the band is `none`. */
  readonly probability: number;
  readonly band: HeldBand;
  readonly previousBand: HeldBand;
  readonly orders: number;
  /** Decimal string, not negative. */
  readonly stake: string;
  readonly reasons: readonly string[];
  /** When the band changes if nothing happens, Unix milliseconds; undefined: never, as far as anybody looked. */
  readonly nextCrossing: number | undefined;
  readonly muted: boolean;
}

/** What a customer's next decision starts from. */
export interface Standing {
  readonly customerId: string;
  readonly band: HeldBand;
  readonly decidedAt: number;
  readonly nextCrossing: number | undefined;
}

/** How far a scorer has come. */
export interface ScorerState {
  /** Version whose decisions these are. */
  readonly model: string;
  /** Everything of the ledger before them was decided on. */
  readonly positions: readonly Position[];
  /** The shop's clock up to which silence was decided on, Unix milliseconds. */
  readonly clock: number;
  /** While every customer is looked at once: keys below are through, for this cause; muted where history brought it about. */
  readonly sweep: { readonly nextKey: number; readonly cause: ScoreCause; readonly muted?: boolean } | undefined;
}

/** Where shop time is the machine's an event may be on its way still: silence is decided on after this many milliseconds. */
export const wallGraceMs = 5_000;

export const decisionColumns = [
  ...['model', 'decided_at', 'cause', 'probability', 'band', 'previous_band', 'orders', 'stake', 'reasons', 'next_crossing', 'muted'],
] as const;

/** A decision as `churn_scores` reads it, in the order of `decisionColumns`. */
export function valuesOf(decision: ScoreDecision): readonly unknown[] {
  return [
    decision.model,
    textOf(new Date(decision.decidedAt)),
    decision.cause,
    Number.isNaN(decision.probability) ? 0 : decision.probability,
    decision.band,
    decision.previousBand,
    decision.orders,
    decision.stake,
    decision.reasons,
    decision.nextCrossing === undefined ? null : textOf(new Date(decision.nextCrossing)),
    decision.muted ? 1 : 0,
  ];
}

/** The same as the engine gives it back. */
export interface DecisionRow {
  readonly customer_id: string;
  readonly model: string;
  readonly decided_at: string;
  readonly cause: ScoreCause;
  readonly probability: number;
  readonly band: HeldBand;
  readonly previous_band: HeldBand;
  readonly orders: number;
  readonly stake: string;
  readonly reasons: readonly string[];
  readonly next_crossing: string | null;
  readonly muted: number;
}

export function decisionOf(row: DecisionRow): ScoreDecision {
  return {
    customerId: row.customer_id,
    decidedAt: instantOf(row.decided_at).getTime(),
    model: row.model,
    cause: row.cause,
    probability: row.band === 'none' ? NaN : row.probability,
    band: row.band,
    previousBand: row.previous_band,
    orders: row.orders,
    stake: row.stake,
    reasons: row.reasons,
    nextCrossing: row.next_crossing === null ? undefined : instantOf(row.next_crossing).getTime(),
    muted: row.muted !== 0,
  };
}

/** A state as text, and back. Offsets are beyond what a JSON number holds. */
export function textOfState({ positions, ...rest }: ScorerState): string {
  return JSON.stringify({ ...rest, positions: positions.map(({ next, ...place }) => ({ ...place, next: next.toString() })) });
}

export function stateOf(text: string): ScorerState {
  const { positions, sweep, ...rest } = JSON.parse(text) as Omit<ScorerState, 'positions'> & {
    positions: (Omit<Position, 'next'> & { next: string })[];
  };
  return { ...rest, sweep, positions: positions.map(({ next, ...place }) => ({ ...place, next: BigInt(next) })) };
}
