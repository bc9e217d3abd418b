import type { ReplayPlace, ReplayRow } from '#warehouse';

/** Reads the page that follows a place; an empty one ends the source. */
export type ReadPage = (after: ReplayPlace | undefined) => Promise<readonly ReplayRow[]>;

/** The messages of a replay in their order, page by page: the next page is read while one is used. */
export class ReplaySource {
  #rows: readonly ReplayRow[] = [];
  #used = 0;
  #next: Promise<readonly ReplayRow[]>;

  /** @param after where to begin; undefined: with the first message */
  constructor(
    private readonly read: ReadPage,
    after: ReplayPlace | undefined,
  ) {
    this.#next = this.fetch(after);
  }

  /** The next message, without taking it; undefined at the end. */
  async peek(): Promise<ReplayRow | undefined> {
    if (this.#used >= this.#rows.length) {
      const rows = await this.#next;
      const last = rows.at(-1);
      if (!last) return undefined;
      [this.#rows, this.#used] = [rows, 0];
      this.#next = this.fetch(last);
    }
    return this.#rows[this.#used];
  }

  /** Takes messages that are due. @param due up to which instant @param limit how many at most */
  async take(due: number, limit: number): Promise<ReplayRow[]> {
    const taken: ReplayRow[] = [];
    for (let row = await this.peek(); row && taken.length < limit && row.at <= due;) {
      taken.push(row);
      this.#used += 1;
      row = this.#rows[this.#used] ?? (await this.peek());
    }
    return taken;
  }

  private fetch(after: ReplayPlace | undefined): Promise<readonly ReplayRow[]> {
    const page = this.read(after);
    // Whoever needs the page hears of it.
    page.catch(() => undefined);
    return page;
  }
}
