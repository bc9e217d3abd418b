/** Where a customer stands towards one rule. */
export interface Watch {
  /** In the band: nothing opens until the customer has been below it. */
  readonly inside: boolean;
  /** When the customer entered it last; the beginning of the episode. */
  readonly since: number;
  /** The band that was entered: below it is recovered, whatever the rule says by then. */
  readonly band: 'medium' | 'high';
  /** The alert of this episode; null where none was sent. */
  readonly alertId: string | null;
  /** When the rule last sent an alert about the customer, or held one out. */
  readonly decidedAt: number | null;
  /** Where the draw held the alert of this episode back: when it would have expired. Missing otherwise, and in what was stored before. */
  readonly heldUntil?: number;
}

/** What is remembered of a customer; it is stored as JSON. */
export interface CustomerState {
  /** Instant of the newest score that was folded, and the ids of the events of that instant: what is delivered again is known by them. */
  readonly scoredAt: number;
  readonly scored: readonly string[];
  readonly watches: Readonly<Record<string, Watch>>;
}

export const unknownCustomer: CustomerState = { scoredAt: -Infinity, scored: [], watches: {} };

/** Whether a score was folded before: it is older than the newest one, or one of its instant. */
export function isKnown({ scoredAt, scored }: CustomerState, at: number, eventId: string): boolean {
  return at < scoredAt || (at === scoredAt && scored.includes(eventId));
}

/** The customer after a score, whatever else it changed. */
export function afterScore(customer: CustomerState, at: number, eventId: string): CustomerState {
  return { ...customer, scoredAt: at, scored: at === customer.scoredAt ? [...customer.scored, eventId] : [eventId] };
}

const ranks = { low: 0, medium: 1, high: 2 } as const;

/** Whether a band lies at or above another one. */
export function reaches(band: keyof typeof ranks, other: keyof typeof ranks): boolean {
  return ranks[band] >= ranks[other];
}

/**
 * The rule that leaves a customer alone at an instant: its draw held an alert back that would not be over, for the customer is in the band
 * still, and its time has not come. As long as an alert itself would stand in the way of other rules, so does this.
 */
export function heldOutBy(watches: CustomerState['watches'], at: number): string | undefined {
  return Object.entries(watches).find(([, { inside, heldUntil }]) => inside && heldUntil !== undefined && at < heldUntil)?.[0];
}
