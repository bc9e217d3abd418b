const codes = {
  'ledger-ahead': { retryable: false },
  'no-such-alarm': { retryable: false },
  'not-halted': { retryable: false },
  'shop-not-ready': { retryable: true },
  'time-zone-unknown': { retryable: false },
} as const;

export type IngestionErrorCode = keyof typeof codes;

/** The one error of this lib; whether trying again helps is a property of its code. */
export class IngestionError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: IngestionErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'IngestionError';
    this.retryable = codes[code].retryable;
  }
}
