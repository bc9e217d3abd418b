const codes = {
  'claim-lost': { retryable: true },
  'shop-unknown': { retryable: false },
  'shop-differs': { retryable: false },
  'shop-not-ready': { retryable: true },
  'model-invalid': { retryable: false },
  'model-file-differs': { retryable: false },
  'model-damaged': { retryable: false },
  'model-unknown': { retryable: false },
  'model-move-refused': { retryable: false },
} as const;

export type WarehouseErrorCode = keyof typeof codes;

/** The one error of this lib; whether trying again helps is a property of its code. */
export class WarehouseError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: WarehouseErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'WarehouseError';
    this.retryable = codes[code].retryable;
  }
}

/** Says which shops there are, so that a typing mistake shows. */
export function unknownShop(shop: string, known: readonly { shop: string }[]): WarehouseError {
  const names = known.map((each) => each.shop).join(', ');
  return new WarehouseError(
    'shop-unknown',
    `There is no shop ${shop}. ${names ? `There are: ${names}.` : 'There is none yet: import one, or PUT /api/v1/shops/{shop}.'}`,
  );
}
