const codes = {
  'replay-target-live': { retryable: false },
  'replay-target-taken': { retryable: false },
  'replay-range-empty': { retryable: false },
  'replay-nothing': { retryable: false },
  'replay-unscored': { retryable: false },
  'replay-unknown': { retryable: false },
  'replay-over': { retryable: false },
  'replay-broken': { retryable: false },
} as const;

export type ReplayErrorCode = keyof typeof codes;

/** The one error of this lib; whether trying again helps is a property of its code. */
export class ReplayError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: ReplayErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'ReplayError';
    this.retryable = codes[code].retryable;
  }
}
