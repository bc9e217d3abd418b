/** Views are brought up to date at most this often. */
const viewsMs = 1_000;
/** While events stream in views rest so many times as long as they took: they fold over every customer. */
const restWhileStreaming = 10;
/** Nothing but shop time moves: recency by days, and what thirty days ago was. */
const restOfQuiet = 30;
/** After a start views that were found whole wait so long where nothing but the clock moved: those of large shops would make it a slow one. */
const standMs = 60_000;
/** What came has come to rest, and people wait for its views. */
const restBehindRows = 4;
/** People who look at a large shop into which something comes see views that are no older than this and what they take. */
const longestRestMs = 60_000;

/** When a shop's RFM, cohorts and segment flow are to be made anew: those of a large shop take many seconds of all cores. */
export class ViewsPace {
  #generation = 0n;
  #endedAt = -Infinity;
  #tookMs = 0;
  #standUntil = -Infinity;
  /** Settled ledger rows that no refresh has begun with. */
  #rows = 0;

  /** @param now milliseconds since some fixed moment */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Which settled generation the views are of; 0 where that is not known. */
  get generation(): bigint {
    return this.#generation;
  }

  /**
   * They were made before this process began.
   * @param generation of which they are, where it is the one at which the settled level stands
   */
  found(generation: bigint): void {
    this.#generation = generation;
    this.#standUntil = this.now() + standMs;
  }

  /** @param rows ledger rows that a settling brought; none where it only moved shop time */
  settled(rows: number): void {
    this.#rows += rows;
  }

  /** Tables were exchanged under the views: those that stand are of what stood before. */
  replaced(): void {
    this.#endedAt = this.#standUntil = -Infinity;
    this.#rows += 1;
  }

  /**
   * @param generation at which the settled level stands
   * @param behind whether events stream in
   */
  isDue(generation: bigint, behind: boolean): boolean {
    if (this.#rows === 0 && this.now() < this.#standUntil) return false;
    const rest =
      this.#rows === 0
        ? restOfQuiet * this.#tookMs
        : Math.min((behind ? restWhileStreaming : restBehindRows) * this.#tookMs, longestRestMs);
    return generation !== this.#generation && this.now() - this.#endedAt >= Math.max(viewsMs, rest);
  }

  /** @param refreshing makes the views of that generation; should it fail they are due after the same rest */
  async during(generation: bigint, refreshing: () => Promise<void>): Promise<void> {
    const begun = this.now();
    const rows = this.#rows;
    // One that failed late has cost as much.
    await refreshing().finally(() => {
      this.#endedAt = this.now();
      this.#tookMs = this.#endedAt - begun;
    });
    this.#generation = generation;
    this.#rows -= rows;
  }
}
