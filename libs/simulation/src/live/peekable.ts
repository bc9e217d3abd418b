import type { WorldEvent } from '../world/event-maker.js';

/** Events in batches, made in place or elsewhere. */
export type Batches = Iterator<readonly WorldEvent[], void> | AsyncIterator<readonly WorldEvent[], void>;

/** Batches whose next event can be looked at. */
export class Peekable {
  #batch: readonly WorldEvent[] = [];
  #index = 0;

  constructor(private readonly batches: Batches) {}

  /** @returns undefined behind the last */
  async peek(): Promise<WorldEvent | undefined> {
    while (this.#index === this.#batch.length) {
      const next = await this.batches.next();
      if (next.done) return undefined;
      [this.#batch, this.#index] = [next.value, 0];
    }
    return this.#batch[this.#index];
  }

  /** Events recorded before an instant, of at least `bytes` together when there are as many. */
  async takeBefore(instant: number, bytes: number): Promise<WorldEvent[]> {
    const taken: WorldEvent[] = [];
    let size = 0;
    for (;;) {
      const next = this.#batch[this.#index] ?? (await this.peek());
      if (!next || next.at >= instant || size >= bytes) return taken;
      taken.push(next);
      size += next.value.length;
      this.#index += 1;
    }
  }

  /** Lets go of what makes them. */
  async close(): Promise<void> {
    await this.batches.return?.();
  }
}
