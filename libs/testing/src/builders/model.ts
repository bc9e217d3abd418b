import type { ChurnManifest } from '#contracts';
import { features } from '#warehouse';
import { createHash } from 'node:crypto';

/** A manifest as the trainer writes it, of any file: for what does not look into the file. */
export function aManifest(file: Buffer, other: Partial<ChurnManifest> = {}): ChurnManifest {
  const at = '2024-01-01T00:00:00.000Z';
  return {
    format: 1,
    kind: 'churn',
    shop: 'a-shop',
    label: 'no order in ({as_of}, {as_of} + 90 days]',
    horizonDays: 90,
    model: 'boosted',
    file: 'churn.onnx',
    sha256: createHash('sha256').update(file).digest('hex'),
    inputs: ['features'],
    outputs: ['prob', 'contrib'],
    features: features.map(({ name, group, sign }) => ({ name, group, sign })),
    featuresSha256: '0'.repeat(64),
    base: 0.5,
    threshold: 0.6,
    mbg: { r: 0.7, alpha: 40, a: 1, b: 5 },
    training: { asOf: at, from: at, to: at, cutOffs: [at], rows: 1000 },
    calibration: { level: 'uncertain', words: 'level uncertain', mean: null, season: null },
    choice: { logLoss: { boosted: 0.55 }, validatedAt: [at] },
    metrics: { tests: [] },
    largestDifference: 1e-7,
    versions: { python: '3.11.2' },
    ...other,
  };
}
