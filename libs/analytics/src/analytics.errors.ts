const codes = {
  'event-unknown': { retryable: false },
  'forecast-ahead': { retryable: false },
  'forecast-other-shop': { retryable: false },
  'forecast-without': { retryable: false },
  'series-unknown': { retryable: false },
  'range-not-aligned': { retryable: false },
  'range-empty': { retryable: false },
  'too-many-points': { retryable: false },
} as const;

export type AnalyticsErrorCode = keyof typeof codes;

/** The one error of this lib; whether trying again helps is a property of its code. */
export class AnalyticsError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: AnalyticsErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'AnalyticsError';
    this.retryable = codes[code].retryable;
  }
}
