import { refuse } from './http-errors.js';

/** So many at a time, first come first served; a queue that is too long is refused. */
export class Turns {
  #free: number;
  readonly #queue: (() => void)[] = [];

  constructor(
    concurrent: number,
    private readonly waiting: number,
  ) {
    this.#free = concurrent;
  }

  /**
   * @param gone whether whoever asked has left: then its turn passes on and nothing is run
   * @throws {ClickHouseFault} 202 when too many wait
   */
  async take<T>(work: () => Promise<T>, gone: () => boolean): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else {
      if (this.#queue.length >= this.waiting) throw refuse('tooMany', 'Too many statements wait for the store. Try again in a moment.');
      await new Promise<void>((turn) => this.#queue.push(turn));
    }
    try {
      if (gone()) throw refuse('tooMany', 'The client left before its statement ran.');
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
