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

/** What reasons are asked for. */
export interface ReasonsAsk {
  /** Of the shop, behind amounts of money. */
  readonly currency?: string;
  /**
   * Whether they are to say why somebody is likely to be gone: what speaks for it comes first, and of what speaks against it only the
   * strongest is told, last. An alert that opens with what speaks against it reads like a mistake.
   */
  readonly atRisk?: boolean;
  /** What is put before that which lowers the score. */
  readonly against?: string;
}

/**
 * The groups that moved a prediction most, at most `mostReasons`, the strongest first; equal ones in the order of `featureGroups`. A group
 * that did nothing is left out. The words of a group are those of its feature that pushed hardest in the group's direction.
 *
 * @param row [F] features
 * @param contrib [F] contributions of the same prediction. Throws RangeError where the row was refused.
 */
export function reasonsOf(
  row: Float32Array,
  contrib: Float32Array,
  { currency = '', atRisk = false, against: lowers = 'speaks against: ' }: ReasonsAsk = {},
): Reason[] {
  const of = valuesOf(row);
  const sums = members.map((places) => sumOf(contrib, places));
  if (contrib.length !== features.length || sums.some(Number.isNaN)) throw new RangeError('A row that was refused has no reasons.');
  const reasons: Reason[] = [];
  while (reasons.length < mostReasons) {
    const group = strongest(sums);
    const [name, contribution] = [featureGroups[group], sums[group]];
    if (name === undefined || contribution === undefined) break;
    sums[group] = 0;
    const against = contribution < 0;
    if (atRisk && against && reasons.some((reason) => reason.contribution < 0)) continue;
    const said = phraseOfHardest(members[group] ?? [], contrib, Math.sign(contribution))?.(of, currency) ?? '';
    reasons.push({ group: name, contribution, words: against ? `${lowers}${said}` : said });
  }
  return atRisk ? [...reasons.filter(speaksFor), ...reasons.filter((reason) => !speaksFor(reason))] : reasons;
}

/** Place of the sum farthest from zero, the first of equal ones; -1 where all are zero. */
function strongest(sums: readonly number[]): number {
  let found = -1;
  for (let each = 0; each < sums.length; each += 1) {
    const [sum, best] = [Math.abs(sums[each] ?? 0), found < 0 ? 0 : Math.abs(sums[found] ?? 0)];
    if (sum > best) found = each;
  }
  return found;
}

function speaksFor({ contribution }: Reason): boolean {
  return contribution > 0;
}

/** Places of the features of each group, and what each feature says. */
const members = featureGroups.map((group) => features.flatMap((feature, place) => (feature.group === group ? [place] : [])));
const sayings = features.map(({ name }) => phrases[name]);

function phraseOfHardest(places: readonly number[], contrib: Float32Array, sign: number): (typeof sayings)[number] {
  let hardest = places[0] ?? 0;
  for (const place of places) if ((contrib[place] ?? 0) * sign > (contrib[hardest] ?? 0) * sign) hardest = place;
  return sayings[hardest];
}

function sumOf(contrib: Float32Array, places: readonly number[]): number {
  let sum = 0;
  for (const place of places) sum += contrib[place] ?? 0;
  return sum;
}
