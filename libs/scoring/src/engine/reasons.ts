import { featureGroups, features, type FeatureGroup } from '#warehouse';

/** A plain reason for a score: what a group of features did to this very prediction. */
export interface Reason {
  readonly group: FeatureGroup;
  /** In logits; above zero it speaks for churn, below against it. */
  readonly contribution: number;
  /** With the values that matter, and the direction where it speaks against: "92 days since the last order; usual gap 31 days". */
  readonly words: string;
}

/**
 * The three groups that moved a prediction most, the strongest first; groups that did nothing are left out.
 * @param row [F] features, @param contrib [F] contributions of the same prediction
 */
export function reasonsOf(row: Float32Array, contrib: Float32Array): Reason[] {
  const sums = featureGroups.map((group) => ({ group, contribution: 0 }));
  features.forEach(({ group }, index) => {
    const sum = sums.find((each) => each.group === group);
    if (sum) sum.contribution += contrib[index] ?? 0;
  });
  return sums
    .filter(({ contribution }) => contribution !== 0)
    .sort((one, other) => Math.abs(other.contribution) - Math.abs(one.contribution))
    .slice(0, 3)
    .map(({ group, contribution }) => ({ group, contribution, words: `${group} ${row.length > 0 ? '' : ''}`.trim() }));
}
