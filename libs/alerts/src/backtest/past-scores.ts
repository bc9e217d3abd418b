import type { CustomerScore } from '#contracts';
import type { Shop } from '#warehouse';

/** Nest token of what knows past scores: alerts and scoring meet here only where an app brings them together. */
export const PAST_SCORES = Symbol('PAST_SCORES');

/** A score that would have been said, with the id that its event would have had. */
export interface PastScore {
  readonly eventId: string;
  readonly score: CustomerScore;
}

/** What the active model of a shop would have said, and how much of what came after it may have seen. */
export interface OpenedPast {
  readonly version: string;
  readonly trainedOn: string;
  /** ISO instant. */
  readonly trainedUntil: string;
  /** From the look at everybody at `from`, whose scores are muted, up to `to` (Unix milliseconds); of one customer all in one part, in order. */
  scores(span: { readonly from: number; readonly to: number }, signal: AbortSignal): AsyncIterable<readonly PastScore[]>;
  close(): Promise<void>;
}

export interface PastScores {
  /** undefined: the shop has no active model. */
  open(shop: Shop): Promise<OpenedPast | undefined>;
}
