import type { ChurnManifest, ModelDrift, ModelReference } from '#contracts';
import { features as allFeatures } from '#warehouse';
import type { BinCounts } from './profile.js';
import { driftStateOf, psi, sharesOf } from './psi.js';

/** What drift is measured against. */
export interface DriftReference {
  readonly reference: ModelReference;
  readonly against: ModelDrift['against'];
}

/** The training's own distributions; undefined where its trainer wrote none. */
export function referenceOfTraining({ reference, training }: Pick<ChurnManifest, 'reference' | 'training'>): DriftReference | undefined {
  if (!reference) return undefined;
  const words = `the ${reference.rows.toLocaleString('en')} customers at the end of its training, ${training.asOf.slice(0, 10)}`;
  return { reference, against: { kind: 'training', at: null, rows: reference.rows, words } };
}

/** Those of a month, in their place. */
export function referenceOfMonth(reference: ModelReference, at: number): DriftReference {
  const start = new Date(at).toISOString();
  const words = `its first whole month of scores, at ${start.slice(0, 10)}: its manifest holds no distributions of the training`;
  return { reference, against: { kind: 'month', at: start, rows: reference.rows, words } };
}

/** How far features and scores of today lie from a reference. @param at the shop's clock */
export function driftOf({ reference, against }: DriftReference, counts: BinCounts, at: Date): ModelDrift {
  const features = allFeatures
    .flatMap(({ name, group }) => {
      const known = reference.features[name];
      const value = known && psi(sharesOf(known), counts.of(name));
      return value === undefined ? [] : [{ name, group, psi: value, state: driftStateOf(value, group) }];
    })
    .sort((a, b) => b.psi - a.psi);
  const value = psi(sharesOf(reference.score), counts.score);
  const score = { psi: value, state: driftStateOf(value) };
  const far = features.filter(({ state }) => state === 'moved-much').map(({ name }) => name);
  const some = features.filter(({ state }) => state === 'moved').length;
  const scores = { stable: 'Scores lie as they did', moved: 'Scores moved', 'moved-much': 'Scores moved much', calendar: '' }[score.state];
  const named = far.length > 4 ? `${far.slice(0, 4).join(', ')} and ${far.length - 4} more` : far.join(', ');
  // The season counts as no drift, but it may be all that moved the scores.
  const season = features.some((each) => each.state === 'calendar' && driftStateOf(each.psi) !== 'stable');
  const still = score.state === 'stable' ? 'so does every feature' : `no feature${season ? ' but the season' : ''} did`;
  const rest =
    far.length === 0 && some === 0
      ? still
      : `${some === 1 ? '1 feature' : `${some} features`} moved, ${far.length} moved much${named && ` (${named})`}`;
  return { at: at.toISOString(), customers: counts.rows, against, score, features, words: `${scores}; ${rest}.` };
}
