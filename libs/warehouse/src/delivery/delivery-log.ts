import type { DeliveryState, DeliveryStep } from '#contracts';

/** How a delivery stands after one of its steps; instants are wall clock in Unix milliseconds, where nothing else is said. */
export interface DeliveryRow {
  readonly at: number;
  readonly id: string;
  /** Number of the step, 0 for its creation. */
  readonly turn: number;
  readonly what: DeliveryStep;
  readonly state: DeliveryState;
  readonly channel: string;
  readonly about: 'alert' | 'alarm';
  readonly subject: string;
  readonly step: string;
  readonly createdAt: number;
  /** Since when it is being tried: its creation, or the last redrive. */
  readonly triedSince: number;
  /** Since then. */
  readonly attempts: number;
  readonly nextAt: number;
  /** Shop time of the digest that it goes out with; 0 where it goes by itself. */
  readonly digestAt: number;
  readonly by: string;
  readonly detail: string;
  /** JSON of what is sent; of the row that created it. */
  readonly body: string;
}

/** Before which row of one partition of the alert log everything has been put into the outbox. */
export interface LogPlace {
  readonly partition: number;
  readonly epoch: number;
  readonly offset: bigint;
  readonly step: number;
}

/** A step of an alert that may have to be told. */
export interface AlertLogStep extends LogPlace {
  readonly what: string;
  readonly alertId: string;
  readonly rule: string;
  /** Shop time, Unix milliseconds. */
  readonly at: number;
  /** Wall clock at which its owner wrote it, Unix milliseconds. */
  readonly writtenAt: number;
  /** JSON of the alert after it. */
  readonly body: string;
}

/** A revision of a channel as it is stored; what it says is JSON. */
export interface StoredChannel {
  readonly channel: string;
  readonly revision: number;
  readonly body: string;
  readonly by: string;
  /** Unix milliseconds. */
  readonly writtenAt: number;
}
