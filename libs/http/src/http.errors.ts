const codes = {
  'users-unreadable': { retryable: false },
  'access-undeclared': { retryable: false },
  'not-signed-in': { retryable: false },
  'role-too-low': { retryable: false },
} as const;

export type HttpErrorCode = keyof typeof codes;

/** Who may do what, and what is wrong with saying so; whether trying again helps is a property of the code. */
export class HttpError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: HttpErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'HttpError';
    this.retryable = codes[code].retryable;
  }
}
