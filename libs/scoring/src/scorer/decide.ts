import type { ScoreCause } from '#contracts';
import type { HeldBand, ScoreDecision } from '#warehouse';

/** What a model says of a customer at an instant. */
export interface Assessment {
  /** NaN where he has no order then, or cannot be scored. */
  readonly probability: number;
  readonly band: HeldBand;
  readonly orders: number;
  readonly stake: string;
  readonly reasons: readonly string[];
  /** Unix milliseconds. */
  readonly nextCrossing: number | undefined;
}

/** No order then, or features that cannot be. */
export const unassessed: Assessment = { probability: NaN, band: 'none', orders: 0, stake: '0', reasons: [], nextCrossing: undefined };

/** An instant at which a customer is decided on, and what was found. */
export interface Visit {
  readonly at: number;
  readonly cause: ScoreCause;
  readonly assessment: Assessment;
  /** Whether it lies in a past that was told later: recorded, delivered by nobody. */
  readonly muted: boolean;
}

/** What is open of one customer in a batch. */
export interface Course {
  readonly customerId: string;
  /** His visits that are known beforehand: turns by events, or a look at everybody; by instant. */
  readonly visits: readonly Visit[];
  /** How many of them are through. */
  done: number;
  band: HeldBand;
  nextCrossing: number | undefined;
}

/**
 * The instant at which a customer is to be decided on because nothing happened: his next crossing, if it lies before his next visit, or,
 * where there is none, not beyond the clock. An event at the very instant of a crossing comes first and makes it void.
 */
export function silentAt({ visits, done, nextCrossing }: Course, clock: number): number | undefined {
  if (nextCrossing === undefined) return undefined;
  const visit = visits[done];
  return (visit ? nextCrossing < visit.at : nextCrossing <= clock) ? nextCrossing : undefined;
}

/**
 * Goes on with a customer until a crossing has to be looked at, or nothing is left.
 * @param model its version
 * @param silent what was found at the crossing that stopped it before
 * @returns decisions in order
 */
export function advanceCourse(course: Course, clock: number, model: string, silent?: Visit): ScoreDecision[] {
  const decisions: ScoreDecision[] = [];
  const take = (visit: Visit): void => {
    const decision = decisionOf(course, visit, model);
    if (decision) decisions.push(decision);
  };
  if (silent) take(silent);
  while (silentAt(course, clock) === undefined) {
    const visit = course.visits[course.done];
    if (!visit) break;
    course.done += 1;
    take(visit);
  }
  return decisions;
}

function decisionOf(course: Course, { at, cause, assessment, muted }: Visit, model: string): ScoreDecision | undefined {
  const previousBand = course.band;
  const { band, nextCrossing } = assessment;
  course.band = band;
  course.nextCrossing = nextCrossing;
  // Nothing was known and nothing is: most of those who registered and never bought.
  if (previousBand === 'none' && assessment.band === 'none') return undefined;
  return {
    ...assessment,
    customerId: course.customerId,
    decidedAt: at,
    model,
    cause,
    previousBand,
    muted,
  };
}
