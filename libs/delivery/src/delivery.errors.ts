const codes = {
  'channel-unknown': { retryable: false },
  'channel-changed': { retryable: false },
  'delivery-unknown': { retryable: false },
  'delivery-not-dead': { retryable: false },
  'secret-missing': { retryable: false },
  'secret-unusable': { retryable: false },
  'secrets-unreadable': { retryable: false },
} as const;

export type DeliveryErrorCode = keyof typeof codes;

/** The one error of this lib; whether trying again helps is a property of its code. */
export class DeliveryError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: DeliveryErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'DeliveryError';
    this.retryable = codes[code].retryable;
  }
}
