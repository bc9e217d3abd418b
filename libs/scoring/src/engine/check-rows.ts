import { features } from '#warehouse';

/** A row that cannot be scored, and the first of its features that is wrong. */
export interface Refused {
  readonly row: number;
  readonly feature: string;
  readonly value: number;
}

/** Where a customer may have no number: one purchase day has no gap, and so on. See docs/models.md, Features. */
const mayBeUndefined = new Set([
  ...['gap_mean', 'gap_std', 'gap_max', 'gap_last', 'gap_ewma', 'recency_per_mean', 'recency_per_ewma', 'recency_per_max'],
  ...['recency_z', 'gap_cv', 'gap_trend', 'return_recency', 'bought_before', 'mbg_logit'],
]);
const free = features.map(({ name }) => mayBeUndefined.has(name));
const width = features.length;

/** The rows of [count, F] that hold an infinite number, or none where there must be one. */
export function wrongRows(rows: Float32Array, count: number): Refused[] {
  const wrong: Refused[] = [];
  for (let row = 0; row < count; row += 1) {
    for (let place = 0; place < width; place += 1) {
      const value = rows[row * width + place] as number;
      if (Number.isFinite(value) || (Number.isNaN(value) && free[place])) continue;
      wrong.push({ row, feature: features[place]?.name ?? '', value });
      break;
    }
  }
  return wrong;
}
