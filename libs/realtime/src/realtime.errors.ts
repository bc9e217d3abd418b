const codes = {
  'room-unknown': { retryable: false },
  'room-declared-twice': { retryable: false },
  'request-invalid': { retryable: false },
  'query-invalid': { retryable: false },
  'too-many-rooms': { retryable: false },
} as const;

export type RealtimeErrorCode = keyof typeof codes;

/** The one error of this lib; whether trying again helps is a property of its code. */
export class RealtimeError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: RealtimeErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'RealtimeError';
    this.retryable = codes[code].retryable;
  }
}

/** What a caller is told: words of errors that carry a code, and no more than that of any other. */
export function wordsOf(error: unknown): { code: string; detail: string } {
  if (error instanceof Error && 'code' in error && 'retryable' in error && typeof error.code === 'string') {
    return { code: error.code, detail: error.message };
  }
  return { code: 'internal', detail: 'Something failed on our side; the log has the cause.' };
}
