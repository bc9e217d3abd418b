import type { Position } from '#warehouse';
import type { PastAlert } from './fold-past.js';
import type { LinedScore } from './score-line.js';

/** What was computed for a shop, of which model and stretch. */
export interface RememberedScores {
  /** Database of the shop. */
  readonly shop: string;
  readonly model: string;
  readonly weeks: number;
  readonly from: number;
  readonly to: number;
  /** Where the ledger was settled as it was computed: whatever is told of the stretch later makes it another one. */
  readonly positions: readonly Position[];
  readonly scores: readonly LinedScore[];
  /** What rules would have sent alone, by what they say: the current ones are compared with at each try. */
  readonly sentBy: Map<string, readonly PastAlert[]>;
}

/** How long scores of a stretch are good for another try: who looks for a threshold tries several in a row. */
const rememberMs = 5 * 60_000;

/** The scores of the last backtest, good while nothing new is told of their stretch: they do not hang on the rule, and are what takes long. Some ten megabytes, for some minutes. */
export class ScoreMemory {
  #last: RememberedScores | undefined;
  #forget: NodeJS.Timeout | undefined;

  find({ shop, model, weeks }: Pick<RememberedScores, 'shop' | 'model' | 'weeks'>): RememberedScores | undefined {
    const last = this.#last;
    return last?.shop === shop && last.model === model && last.weeks === weeks ? last : undefined;
  }

  keep(scores: RememberedScores): void {
    this.#last = scores;
    clearTimeout(this.#forget);
    this.#forget = setTimeout(() => this.forget(), rememberMs).unref();
  }

  forget(): void {
    clearTimeout(this.#forget);
    this.#last = undefined;
  }
}
