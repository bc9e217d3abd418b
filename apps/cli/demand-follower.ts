import { dateAfter } from '#clock';
import type { DemandAnswer, DemandPublishedAnswer } from '#contracts';

/** What came of making a forecast. */
export type Made =
  | { readonly kind: 'made' }
  /** There is too little history; there will be enough on that day of the shop, `2026-02-19`. */
  | { readonly kind: 'too-early'; readonly words: string; readonly enoughOn: string }
  | { readonly kind: 'failed'; readonly words: string };

/** What a follower does to the world. */
export interface FollowerParts {
  /** Where the shop stands: its day, and that of its newest forecast. */
  readonly ask: () => Promise<Pick<DemandAnswer, 'origin' | 'today'>>;
  /** Makes a forecast of the shop's present day; ends at once when it is stopped. */
  readonly make: (stop: AbortSignal) => Promise<Made>;
  /** Publishes the forecast that was made. */
  readonly publish: () => Promise<DemandPublishedAnswer>;
  readonly say: (words: string) => void;
  /** Real milliseconds; returns earlier when it is stopped. */
  readonly sleep: (ms: number, stop: AbortSignal) => Promise<void>;
}

/** How often the shop is asked for its day: at 1440 shop seconds a second a day takes a minute. */
const lookMs = 10_000;
/** After something went wrong: the first wait is short, each further one twice as long. A run takes a minute of a core, a question nothing. */
const [firstQuestionMs, longestQuestionMs] = [1_000, 60_000];
const [firstRunMs, longestRunMs] = [10_000, 15 * 60_000];

/**
 * Keeps a shop's forecast of demand of its present day, until it is stopped. One is made when the shop's day is `every` days after that of
 * the newest forecast; days that went by meanwhile are left out, for nobody asks any more what was believed then. It keeps nothing: what
 * there is stands in the shop, so it may be ended and started at any time. Each thing is said once, however often it is found again.
 */
export class DemandFollower {
  #said = '';
  #notBefore: string | undefined;
  #unanswered = 0;
  #failed = 0;

  /** @param every shop days, 1 or more */
  constructor(
    private readonly shop: string,
    private readonly every: number,
    private readonly parts: FollowerParts,
  ) {}

  /** Returns when it is stopped. @throws {ImportError} where the instance refuses, which asking again does not mend */
  async follow(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) await this.parts.sleep(await this.step(stop), stop);
  }

  /** Looks once, and makes a forecast where one is due. @returns real milliseconds until the next look */
  private async step(stop: AbortSignal): Promise<number> {
    let standing: Pick<DemandAnswer, 'origin' | 'today'>;
    try {
      standing = await this.parts.ask();
    } catch (error) {
      this.say(`${wordsOf(error)} It is asked again until it does.`);
      return backoff(this.#unanswered++, firstQuestionMs, longestQuestionMs);
    }
    if (this.#unanswered > 0) this.say('The instance answers again.');
    this.#unanswered = 0;
    const { origin, today } = standing;
    if (today === null) {
      this.say(`${this.shop} has no time yet: waiting for its first event.`);
      return lookMs;
    }
    // Days are written so that they sort as they come.
    if (this.#notBefore !== undefined && today < this.#notBefore) return lookMs;
    const next = origin === null ? today : dateAfter(origin, this.every);
    if (today < next) {
      this.say(`${this.shop} has a forecast from ${origin} on; the next one is made when its day is ${next}.`);
      return lookMs;
    }
    return this.forecast(stop);
  }

  /** @returns as `step` */
  private async forecast(stop: AbortSignal): Promise<number> {
    if (stop.aborted) return 0;
    const made = await this.parts.make(stop);
    if (stop.aborted) return 0;
    if (made.kind === 'too-early') {
      this.#notBefore = made.enoughOn;
      this.say(`${made.words} Waiting until the day of ${this.shop} is ${made.enoughOn}.`);
      return lookMs;
    }
    try {
      if (made.kind === 'failed') return this.failed(made.words);
      const { origin, categories, products } = await this.parts.publish();
      this.say(`${this.shop}: forecast from ${origin} on, ${categories} categories, ${products} products.`);
    } catch (error) {
      return this.failed(wordsOf(error));
    }
    this.#failed = 0;
    // The shop's day may have changed while it was made.
    return 0;
  }

  private failed(words: string): number {
    this.say(words);
    return backoff(this.#failed++, firstRunMs, longestRunMs);
  }

  private say(words: string): void {
    if (words !== this.#said) this.parts.say(words);
    this.#said = words;
  }
}

/** @throws the error itself, where trying again does not help */
function wordsOf(error: unknown): string {
  if ((error as { retryable?: unknown }).retryable !== true) throw error;
  return (error as Error).message;
}

function backoff(failures: number, first: number, longest: number): number {
  return Math.min(longest, first * 2 ** failures);
}
