const codes = {
  'profile-unknown': { retryable: false },
  'size-invalid': { retryable: false },
  'seed-invalid': { retryable: false },
  'speed-invalid': { retryable: false },
  'faults-invalid': { retryable: false },
  'cursor-invalid': { retryable: false },
  'world-differs': { retryable: false },
  'topic-silent': { retryable: true },
  'directory-unwritable': { retryable: false },
} as const;

export type SimulationErrorCode = keyof typeof codes;

/** The one error of this lib; whether trying again helps is a property of its code. */
export class SimulationError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: SimulationErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'SimulationError';
    this.retryable = codes[code].retryable;
  }
}
