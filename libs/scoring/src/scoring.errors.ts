const codes = {
  'manifest-unreadable': { retryable: false },
  'kind-unknown': { retryable: false },
  'format-unknown': { retryable: false },
  'features-differ': { retryable: false },
  'feature-hash-differs': { retryable: false },
  'outputs-differ': { retryable: false },
  'file-differs': { retryable: false },
  'file-unreadable': { retryable: false },
  'rows-malformed': { retryable: false },
  'model-directory-unreadable': { retryable: false },
  'open-timeout': { retryable: true },
  'run-failed': { retryable: true },
  'model-closed': { retryable: false },
  'score-unknown': { retryable: false },
} as const;

export type ScoringErrorCode = keyof typeof codes;

/** The one error of this lib; whether trying again helps is a property of its code. */
export class ScoringError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: ScoringErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ScoringError';
    this.retryable = codes[code].retryable;
  }
}
