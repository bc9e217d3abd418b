import { featureGroups, features, type FeatureGroup } from '#warehouse';
import { phrases } from './phrases.js';
import { valuesOf } from './words.js';

/** A plain reason for a score: what a group of features did to this very prediction. */
export interface Reason {
  readonly group: FeatureGroup;
  /** Sum over the group, in logits; above zero it speaks for churn, below against it. */
  readonly contribution: number;
  /** With the values that matter: `92 days since the last order; usual gap 31 days`; `speaks against: ` before what does. */
  readonly words: string;
}

/** How many reasons a customer has at most. */
export const mostReasons = 3;

/**
 * The three groups that moved a prediction most, the strongest first; equal ones in the order of `featureGroups`. A group that did nothing
 * is left out. The words of a group are those of its feature that pushed hardest in the group's direction.
 *
 * @param row [F] features
 * @param contrib [F] contributions of the same prediction. Throws RangeError where the row was refused.
 * @param currency of the shop, behind amounts of money
 */
export function reasonsOf(row: Float32Array, contrib: Float32Array, currency = ''): Reason[] {
  const of = valuesOf(row);
  if (contrib.length !== features.length || contrib.some(Number.isNaN)) throw new RangeError('A row that was refused has no reasons.');
  return featureGroups
    .map((group) => ({ group, contribution: members[group].reduce((sum, place) => sum + (contrib[place] ?? 0), 0) }))
    .filter(({ contribution }) => contribution !== 0)
    .sort((one, other) => Math.abs(other.contribution) - Math.abs(one.contribution))
    .slice(0, mostReasons)
    .map(({ group, contribution }) => {
      const push = (place: number): number => (contrib[place] ?? 0) * Math.sign(contribution);
      const hardest = members[group].reduce((best, place) => (push(place) > push(best) ? place : best));
      const said = phrases[features[hardest]?.name ?? '']?.(of, currency) ?? '';
      return { group, contribution, words: contribution > 0 ? said : `speaks against: ${said}` };
    });
}

/** Places of the features of each group. */
const members = Object.fromEntries(
  featureGroups.map((group) => [group, features.flatMap((feature, place) => (feature.group === group ? [place] : []))]),
) as Readonly<Record<FeatureGroup, readonly number[]>>;
