import type { Position } from '../positions.js';

/** Topics whose events move a customer's features. */
export const scoredTopics = ['transactions.v1', 'returns.v1'] as const;
export type ScoredTopic = (typeof scoredTopics)[number];

/** Where a ledger row stands. */
export interface Place {
  readonly topic: ScoredTopic;
  readonly partition: number;
  readonly epoch: number;
  readonly offset: bigint;
}

/** Places that are known already, by `keyOf`. */
export interface KnownPlaces {
  has(place: string): boolean;
}

/** A place as text: the same for the same row. */
export const keyOf = ({ topic, partition, epoch, offset }: Place): string => `${topic}/${partition}/${epoch}/${offset}`;

/** Whether a row lies before positions. In a partition that they do not name nothing does. */
export function liesBefore({ topic, partition, epoch, offset }: Place, positions: readonly Position[]): boolean {
  const end = positions.find((each) => each.topic === topic && each.partition === partition);
  return end !== undefined && (epoch < end.epoch || (epoch === end.epoch && offset < end.next));
}

/** Positions of the topics that matter here. */
export function scoredPositions(positions: readonly Position[]): Position[] {
  return positions.filter(({ topic }) => scoredTopics.some((each) => each === topic));
}

/** Of each partition the lower end; a partition that one of them does not name is not named. */
export function lowerOf(left: readonly Position[], right: readonly Position[]): Position[] {
  return left.flatMap((position) => {
    const other = right.find((each) => each.topic === position.topic && each.partition === position.partition);
    if (!other) return [];
    return [other.epoch < position.epoch || (other.epoch === position.epoch && other.next < position.next) ? other : position];
  });
}
