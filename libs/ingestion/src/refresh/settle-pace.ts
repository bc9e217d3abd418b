/** Everything but the headline settles at most this often. */
const settleMs = 1_000;
/** While events stream settling takes an eighth of the time at most, for live steps wait; but it does not stay away longer than this, unless views are made just then. */
const longestUnsettledMs = 15_000;
/** A step of so many ledger rows works off a backlog: a history, an import, what came while nobody refreshed. */
const backlogRows = 5_000;
/** While it does, settling waits so long: each costs as much as some of those steps, and what it brings is of a moment long past. */
const longestBacklogMs = 60_000;
/** A history that brings nothing for so long has come to rest. */
const restMs = 1_000;

/** When a shop's figures are to be settled: soon where nothing else waits, seldom while live steps would wait for it. */
export class SettlePace {
  #settledAt = -Infinity;
  #settlingMs = 0;
  #stepRows = 0;
  /** When a history that brings nothing more has come to rest. */
  #restsAt = -Infinity;
  /** Settlings that failed, one after the other. */
  #failures = 0;

  /** @param now milliseconds since some fixed moment */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether the last step found something to do. */
  get behind(): boolean {
    return this.#stepRows > 0;
  }

  /**
   * @param rows ledger rows that a step took; none where it found nothing to do
   * @param inHistory whether the source sends its history still, in pieces of any size
   */
  stepped(rows: number | undefined, inHistory = false): void {
    if (rows !== undefined) this.#restsAt = inHistory ? this.now() + restMs : -Infinity;
    // A tick of the wall's clock has no rows, and is something. A small step among large ones is of the same backlog, and so is any of a history.
    this.#stepRows = rows === undefined ? 0 : Math.max(inHistory ? backlogRows : 1, rows, this.#stepRows / 2);
  }

  /** Settling waits so long beyond the usual. */
  postpone(ms: number): void {
    this.#settledAt = this.now() + ms;
  }

  /** A step failed and will be done again: who looks is to see soon that figures go on, whatever backlog there is. */
  hurry(): void {
    this.#settledAt = -Infinity;
  }

  /** @param settling what settles; how long it takes is remembered, should it succeed, and else it is soon tried again, each time later */
  async during<T>(settling: () => Promise<T>): Promise<T> {
    this.#settledAt = this.now();
    this.#failures += 1;
    const settled = await settling();
    this.#failures = 0;
    this.#settlingMs = this.now() - this.#settledAt;
    return settled;
  }

  /** Milliseconds until the next settling is due; below zero where it is overdue. */
  get dueIn(): number {
    return Math.max(this.#settledAt + this.every, this.behind ? -Infinity : this.#restsAt) - this.now();
  }

  private get every(): number {
    return this.#failures > 0 ? Math.min(this.usual, settleMs * 2 ** this.#failures) : this.usual;
  }

  private get usual(): number {
    if (this.#stepRows >= backlogRows) return longestBacklogMs;
    return this.behind ? Math.max(settleMs, Math.min(8 * this.#settlingMs, longestUnsettledMs)) : settleMs;
  }
}
