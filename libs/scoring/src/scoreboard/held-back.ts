const firstMs = 60_000;
const longestMs = 6 * 3_600_000;

interface Failure {
  readonly failures: number;
  readonly until: number;
  readonly why: string;
}

/** Work that failed waits, twice as long each time, from a minute up to six hours; other work goes on meanwhile. */
export class HeldBack {
  readonly #failed = new Map<string, Failure>();

  /** @param elapsed milliseconds since some fixed moment */
  constructor(private readonly elapsed: () => number) {}

  waits(work: string): boolean {
    return (this.#failed.get(work)?.until ?? -Infinity) > this.elapsed();
  }

  /** @returns whether that is news: the first time, or another reason than before */
  failed(work: string, why: string): boolean {
    const before = this.#failed.get(work);
    const failures = (before?.failures ?? 0) + 1;
    const wait = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20));
    this.#failed.set(work, { failures, until: this.elapsed() + wait, why });
    return before?.why !== why;
  }

  well(work: string): void {
    this.#failed.delete(work);
  }
}
