const codes = {
  'mapping-invalid': { retryable: false },
  'file-unreadable': { retryable: false },
  'file-empty': { retryable: false },
  'columns-missing': { retryable: false },
  'rejects-unwritable': { retryable: false },
  'instance-unreachable': { retryable: true },
  'instance-failed': { retryable: true },
  'instance-refused': { retryable: false },
  'shop-differs': { retryable: false },
  'shop-is-sandbox': { retryable: false },
  'import-stalled': { retryable: true },
} as const;

export type ImportErrorCode = keyof typeof codes;

/** The one error of this lib; whether trying again helps is a property of its code. */
export class ImportError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: ImportErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'ImportError';
    this.retryable = codes[code].retryable;
  }
}
