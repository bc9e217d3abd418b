/** Dimensions in which an id that an order names gets a row, if only a placeholder. */
export const namedDimensions = ['customers', 'products', 'campaigns', 'geography'] as const;
export type NamedDimension = (typeof namedDimensions)[number];

/** What some orders name; places as a JSON array of country, region and city. */
export type Names = Readonly<Record<NamedDimension, Iterable<string>>>;

/** Up to so many names a statement is told what may be missing; of more it asks the ledger. */
const mostTold = 2_000;
/** Names kept of one dimension; beyond that they are forgotten, which only costs lookups. */
const mostNames = 200_000;

/**
 * Which names surely have a row in their dimension. Unlike a Bloom filter it must be exact on "yes": a placeholder that is not written
 * would be missed. A dimension never loses a row, so what was written once is there.
 */
export class Placed {
  readonly #surely = new Map(namedDimensions.map((each) => [each, new Set<string>()]));
  readonly #waiting = new Map(namedDimensions.map((each) => [each, new Set<string>()]));
  #unread = false;

  /** @param names of a live step's new rows; undefined where nobody looked at them */
  add(names: Names | undefined): void {
    if (!names) this.#unread = true;
    else
      for (const [dimension, waiting] of this.#waiting) {
        for (const name of names[dimension]) if (!this.#surely.get(dimension)?.has(name)) waiting.add(name);
      }
  }

  /** What was named since the last settling and may have no row; undefined where that is not known name by name. */
  missing(dimension: NamedDimension): readonly string[] | undefined {
    const names = this.#waiting.get(dimension);
    return this.#unread || !names || names.size > mostTold ? undefined : [...names];
  }

  /** All that was named has its row now. */
  settled(): void {
    this.#unread = false;
    for (const [dimension, waiting] of this.#waiting) {
      const surely = this.#surely.get(dimension);
      if ((surely?.size ?? 0) + waiting.size > mostNames) surely?.clear();
      for (const name of waiting) surely?.add(name);
      waiting.clear();
    }
  }

  clear(): void {
    this.#unread = false;
    for (const names of [...this.#surely.values(), ...this.#waiting.values()]) names.clear();
  }
}
