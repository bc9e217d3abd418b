const codes = {
  'keys-differ': { retryable: false },
  'ledger-ahead': { retryable: false },
  'maintenance-runs': { retryable: false },
  'maintenance-stopped': { retryable: true },
  'no-maintenance': { retryable: false },
  'no-such-table': { retryable: false },
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
