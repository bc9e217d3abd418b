import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { features } from './feature-list.js';
import { featuresSha256, featureTable, trainerFiles } from './trainer-files.js';

// The trainer runs the statements of this module, and no copy of them. After a wanted change: GOLDEN=1 npx vitest run libs/warehouse

const directory = join(import.meta.dirname, '../../../../apps/trainer/tideline_trainer');

describe('the files of the trainer', () => {
  it('are the statements and the list of this module', () => {
    if (process.env['GOLDEN'] === '1') {
      mkdirSync(directory, { recursive: true });
      for (const [file, text] of trainerFiles()) writeFileSync(join(directory, file), text);
    }
    for (const [file, text] of trainerFiles()) expect(text, file).toBe(readFileSync(join(directory, file), 'utf8'));
  });

  it('are known by a hash without being read', () => {
    const file = readFileSync(join(directory, 'features.sql'));
    expect(featuresSha256()).toBe(createHash('sha256').update(file).digest('hex'));
  });

  it('hold the placeholders of the contract', () => {
    const placeholdersOf = (file: string): string[] => [
      ...new Set([...(trainerFiles().get(file) ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')),
    ];
    expect(placeholdersOf('features.sql').sort()).toEqual(['as_of', 'database', 'mbg_a', 'mbg_alpha', 'mbg_b', 'mbg_r', 'time_zone']);
    expect(placeholdersOf('labels.sql').sort()).toEqual(['as_of', 'database', 'horizon_days']);
    expect(placeholdersOf('extent.sql')).toEqual(['database']);
    expect(placeholdersOf('demand_units.sql').sort()).toEqual(['as_of', 'database', 'time_zone']);
    expect(placeholdersOf('demand_clumps.sql').sort()).toEqual(['as_of', 'database', 'horizon_days', 'time_zone']);
  });
});

describe('the list of features', () => {
  it('stands in the documentation', () => {
    const page = join(import.meta.dirname, '../../../../docs/models.md');
    const whole = readFileSync(page, 'utf8').replace(/(<!-- features: .* -->\n)[^]*(<!-- end -->)/, `$1${featureTable()}\n$2`);
    expect(whole).toContain(featureTable());
    if (process.env['GOLDEN'] === '1') writeFileSync(page, whole);
    expect(readFileSync(page, 'utf8')).toBe(whole);
  });

  it('has the 35 of the definition, each once', () => {
    expect(new Set(features.map(({ name }) => name)).size).toBe(35);
    expect(features).toHaveLength(35);
  });

  it('is monotone in silence and its ratios, and in decayed counts and money', () => {
    const signed = (sign: number): string[] => features.filter((each) => each.sign === sign).map(({ name }) => name);
    expect(signed(1)).toEqual(['recency', 'recency_per_mean', 'recency_per_ewma', 'recency_per_max', 'recency_z', 'mbg_logit']);
    expect(signed(-1)).toEqual(['orders_14', 'orders_45', 'orders_120', 'orders_365', 'money_120']);
  });
});
