/** How to undo what a process has started, the last first: when it stops, or when a later part does not start. */
export class Undo {
  readonly #steps: (() => Promise<void>)[] = [];

  push(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /**
   * Runs each step once, whoever asks: one that fails keeps none from its turn, or a broker would outlive its process.
   * @throws what failed, once all have had their turn
   */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, failures.map(wordsOf).join(' '));
  }

  /**
   * Undoes what was started because a later part did not start.
   * @returns why that was, with what could not be undone behind it: both are what people have to read
   */
  async because(error: unknown): Promise<unknown> {
    try {
      await this.run();
    } catch (failure) {
      if (error instanceof Error) error.message += ` Besides, not all could be undone: ${wordsOf(failure)}`;
    }
    return error;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
