const codes = {
  'alert-unknown': { retryable: false },
  'already-acknowledged': { retryable: false },
  'already-acted': { retryable: false },
  'alert-over': { retryable: false },
  'snooze-past': { retryable: false },
  'snooze-too-long': { retryable: false },
  'rule-unknown': { retryable: false },
  'rule-changed': { retryable: false },
  'page-unknown': { retryable: false },
  'backtest-runs': { retryable: true },
  'backtest-no-model': { retryable: false },
  'backtest-no-history': { retryable: false },
  'backtest-abandoned': { retryable: false },
} as const;

export type AlertsErrorCode = keyof typeof codes;

/** The one error of this lib; whether trying again helps is a property of its code. */
export class AlertsError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: AlertsErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'AlertsError';
    this.retryable = codes[code].retryable;
  }
}
