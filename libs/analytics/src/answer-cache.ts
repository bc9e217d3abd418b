/** Answers of one generation, shared by all who ask the same: a hundred dashboards cost one query. */
export class AnswerCache {
  readonly #answers = new Map<string, Promise<unknown>>();

  /** @param size answers kept, the least recently made go first */
  constructor(private readonly size = 500) {}

  /** The answer under `key`, made once. One that failed is not kept. */
  get<T>(key: string, make: () => Promise<T>): Promise<T> {
    const kept = this.#answers.get(key);
    if (kept) return kept as Promise<T>;
    const made = make();
    this.#answers.set(key, made);
    made.catch(() => this.#answers.delete(key));
    const oldest = this.#answers.keys().next();
    if (this.#answers.size > this.size && !oldest.done) this.#answers.delete(oldest.value);
    return made;
  }
}
