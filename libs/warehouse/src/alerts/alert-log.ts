import type { AlertStateName } from '#contracts';

/** Where a row of the alert log comes from: the message, and which of its rows it is. */
export interface AlertPlace {
  readonly partition: number;
  readonly epoch: number;
  readonly offset: bigint;
  readonly step: number;
}

/** One row of the alert log, whatever it tells; what a kind does not have is empty. */
export interface AlertLogRow extends AlertPlace {
  readonly kind: 'place' | 'customer' | 'alert' | 'suppressed' | 'refused' | 'dead';
  /** Shop time of the decision, Unix milliseconds. */
  readonly at: number;
  /** Local date of the shop, `2026-01-31`. */
  readonly day: string;
  readonly customerId: string;
  readonly alertId: string;
  readonly rule: string;
  readonly ruleRevision: number;
  readonly state: AlertStateName | '';
  /** The step, the reason of a suppression, the code of a refusal, the reason of a dead letter. */
  readonly what: string;
  readonly by: string;
  readonly assignee: string;
  readonly detail: string;
  readonly probability: number;
  /** Decimal string. */
  readonly netValue: string;
  readonly eventId: string;
  /** JSON of the whole state of an alert or a customer. */
  readonly body: string;
  readonly sent: bigint;
}

/** What the owner of a partition has to know to go on. */
export interface StoredPartition {
  readonly epoch: number;
  /** Next offset to fold. */
  readonly next: bigint;
  /** When the broker got the last message folded, Unix milliseconds: another one at its offset means another topic. */
  readonly lastProducedAt: number | null;
  /** Rows of messages at or after it may not have been published. */
  readonly sent: bigint;
  /** JSON of each customer's newest state. */
  readonly customers: ReadonlyMap<string, string>;
  /** JSON of each alert that has not ended. */
  readonly alerts: readonly string[];
  /** Alerts opened or held out, by rule and local date. */
  readonly taken: readonly { readonly rule: string; readonly day: string; readonly count: number }[];
}
