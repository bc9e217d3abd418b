import type { RefusalCode } from '#life-cycle';

/** The one error of this lib. Trying again helps with none of them: who was first stays first. */
export class AlarmsError extends Error {
  readonly retryable = false;
  constructor(
    readonly code: AlarmsErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'AlarmsError';
  }
}

export type AlarmsErrorCode = RefusalCode | 'alarm-unknown';
