import type { Shop } from './shop.js';

/** Shops for which some work fails at the moment. Why is told when it changes, not at each try. */
export class ShopFailures {
  readonly #why = new Map<string, string>();

  /** @param words what fails, for the log */
  constructor(
    private readonly log: { warn(fields: object, message: string): void },
    private readonly words: string,
  ) {}

  /** By the shop's name, with why. */
  get all(): ReadonlyMap<string, string> {
    return this.#why;
  }

  failed({ shop }: Shop, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    if (this.#why.get(shop) !== why) this.log.warn({ shop, error: why }, this.words);
    this.#why.set(shop, why);
  }

  /** It works again, or is no more. */
  well({ shop }: Shop): void {
    this.#why.delete(shop);
  }
}
