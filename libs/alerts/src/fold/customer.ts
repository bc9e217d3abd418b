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
