import type { Case, CaseWords } from '#life-cycle';

/** An alert as the owner keeps it. Instants are shop time, Unix milliseconds; it is stored as JSON. */
export interface Alert extends Case {
  readonly alertId: string;
  readonly customerId: string;
  readonly rule: string;
  readonly ruleRevision: number;
  readonly band: 'medium' | 'high';
  readonly model: string;
  readonly probability: number;
  readonly orders: number;
  /** Decimal string. */
  readonly netValueAtStake: string;
  readonly reasons: readonly string[];
  readonly openedAt: number;
  /** Whether a history that was loaded ended it: nothing happened now, so channels are not told. Missing in what was stored before. */
  readonly muted?: boolean;
}

export const alertWords: CaseWords = { noun: 'alert', recovered: 'the customer recovered', clock: "the shop's time" };

export function textOf(at: number): string {
  return new Date(at).toISOString();
}
