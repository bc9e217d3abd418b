const codes = {
  'broker-unreachable': { retryable: true },
  'broker-not-started': { retryable: false },
  'message-too-large': { retryable: false },
  'topic-missing': { retryable: true },
  'topic-differs': { retryable: false },
  'compression-unsupported': { retryable: false },
  'producer-closed': { retryable: false },
} as const;

export type StreamingErrorCode = keyof typeof codes;

/** The one error of this lib; whether trying again helps is a property of its code. */
export class StreamingError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: StreamingErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'StreamingError';
    this.retryable = codes[code].retryable;
  }
}
