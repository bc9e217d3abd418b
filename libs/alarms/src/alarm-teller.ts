import type { Shop } from '#warehouse';

/** What is told of an alarm to those who are not looking. Instants are wall clock, Unix milliseconds. */
export interface AlarmStep {
  readonly step: 'raised' | 'cleared';
  readonly code: string;
  readonly subject: string;
  readonly message: string;
  readonly since: number;
  readonly at: number;
  /** Where it is explained. */
  readonly runbook: string;
}

/** Nest token of whoever tells. */
export const ALARM_TELLER = Symbol('ALARM_TELLER');

/** Puts a step where it goes out from, the same one under the same key. */
export interface AlarmTeller {
  /** @throws where it could not be put: it is to be told again */
  tell(shop: Shop, step: AlarmStep): Promise<void>;
}
