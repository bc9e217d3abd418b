import type { CustomerScore } from '#contracts';
import { isMove, type ModelRepository, type PastMomentReads, type ScoreDecision, type Shop } from '#warehouse';
import { setImmediate as breathe } from 'node:timers/promises';
import { openModel } from '../engine/index.js';
import type { NamedModel } from '../scorer/assessor.js';
import { scoredEventId, scoreOf } from '../scorer/scored-event.js';
import { pastCourses } from './past-courses.js';

/** A score that would have been said, with the id that its event would have had. Its reasons are not put into words. */
export interface PastScore {
  readonly eventId: string;
  readonly score: CustomerScore;
}

/** A stretch of the shop's time, Unix milliseconds: from the look at everybody up to the last decision. At most 364 days. */
export interface PastSpan {
  readonly from: number;
  readonly to: number;
}

/** The active model of a shop, with what it would have said. */
export interface OpenedPast {
  readonly version: string;
  /** Whose history it was trained on, and until when that goes. */
  readonly trainedOn: string;
  readonly trainedUntil: string;
  /**
   * Changes of bands in a span, customers part by part; of one customer all, in order. At `from` everybody is looked at once; those scores
   * are muted, as a live scorer's first ones are.
   */
  scores(span: PastSpan, signal: AbortSignal): AsyncGenerator<readonly PastScore[]>;
  close(): Promise<void>;
}

export interface PastScoresParts {
  readonly models: Pick<ModelRepository, 'active'>;
  readonly moments: Pick<PastMomentReads, 'all'>;
}

/** A search for crossings ends with a few customers at a time: with others under way the scoring thread is never idle. */
const partsUnderWay = 2;

/**
 * What the scorer would have told in weeks that are over, had today's active model been active in them: features as the shop knew them at
 * each instant at which something of a customer became known, and the silences between.
 */
export class PastScores {
  constructor(private readonly parts: PastScoresParts) {}

  /** The shop's active model, opened; undefined where there is none. @throws ScoringError for one that this build cannot use */
  async open(shop: Shop): Promise<OpenedPast | undefined> {
    const stored = await this.parts.models.active(shop, 'churn');
    if (!stored) return undefined;
    const { version, manifest, file } = stored;
    const named: NamedModel = { version, model: await openModel({ manifest, file }) };
    return {
      ...{ version, trainedOn: manifest.shop, trainedUntil: manifest.training.asOf },
      scores: (span, signal) => this.scores(shop, named, span, signal),
      close: () => named.model.close(),
    };
  }

  private async *scores(shop: Shop, named: NamedModel, span: PastSpan, signal: AbortSignal): AsyncGenerator<readonly PastScore[]> {
    const courses: Promise<ScoreDecision[]>[] = [];
    const oldest = async (): Promise<readonly PastScore[]> => {
      const decisions = (await courses[0]) ?? [];
      void courses.shift();
      return decisions.filter(isMove).map((decision) => ({ eventId: scoredEventId(shop.shop, decision), score: scoreOf(decision) }));
    };
    try {
      for await (const part of this.parts.moments.all(shop, { ...span, mbg: named.model.mbg })) {
        signal.throwIfAborted();
        const course = pastCourses(named, part, span.from);
        // A failure is met where it is awaited; until then it is nobody's.
        course.catch(() => undefined);
        courses.push(course);
        await breathe();
        if (courses.length >= partsUnderWay) yield await oldest();
      }
      while (courses.length > 0) yield await oldest();
    } finally {
      // Whoever stops asking waits for what is under way: the model is closed after it.
      await Promise.allSettled(courses);
    }
  }
}
