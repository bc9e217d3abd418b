import { createHash } from 'node:crypto';
import { demandClumpsSql, demandUnitsSql } from '../demand/demand-units.js';
import { customerFeaturesSql } from './customer-features.js';
import { features, horizonDays } from './feature-list.js';
import { customerOrdersAfterSql, historyExtentSql } from './labels.js';
import type { Shop } from '../shop.js';

/** What stands for each placeholder while the text is made. None occurs in a statement by itself. */
const stand = {
  database: 'shop_of_the_trainer',
  time_zone: 'Zone/Of_The_Trainer',
  as_of: '1971-02-03 04:05:06.789',
  horizon_days: 7_654_321,
  mbg_r: 1.000_000_11,
  mbg_alpha: 1.000_000_22,
  mbg_a: 1.000_000_33,
  mbg_b: 1.000_000_44,
} as const;

/** What the trainer puts where, in words for the one who fills it. */
const placeholders: Readonly<Record<keyof typeof stand, string>> = {
  database:
    'database of the shop: `shop_` and its name with _ for -, and `__2`, `__3` behind it for a later sandbox of that name; [a-z0-9_]+',
  time_zone: 'IANA zone of the shop: column `time_zone` of tideline.shops; [A-Za-z0-9_+/-]+',
  as_of: 'the cut-off in UTC, YYYY-MM-DD hh:mm:ss.mmm',
  horizon_days: 'whole days: of the label in labels.sql, of a span in demand_clumps.sql',
  mbg_r: 'a number, or nan',
  mbg_alpha: 'a number, or nan',
  mbg_a: 'a number, or nan',
  mbg_b: 'a number, or nan',
};

/** Files of `apps/trainer/tideline_trainer` that follow from this module, by name: the same statements, and the list of features. */
export function trainerFiles(): ReadonlyMap<string, string> {
  const asOf = new Date(`${stand.as_of.replace(' ', 'T')}Z`);
  const shop: Shop = {
    shop: 'trainer',
    database: stand.database,
    timeZone: stand.time_zone,
    currency: 'EUR',
    fiscalYearStart: 1,
    clockMode: 'data',
  };
  const mbg = { r: stand.mbg_r, alpha: stand.mbg_alpha, a: stand.mbg_a, b: stand.mbg_b };
  const templates: Readonly<Record<string, string>> = {
    'features.sql': customerFeaturesSql(shop, { asOf, mbg }).text,
    'labels.sql': customerOrdersAfterSql(shop, asOf, stand.horizon_days).text,
    'extent.sql': historyExtentSql(shop).text,
    'demand_units.sql': demandUnitsSql(shop, asOf).text,
    'demand_clumps.sql': demandClumpsSql(shop, asOf, stand.horizon_days).text,
  };
  const files = new Map<string, string>();
  for (const [file, text] of Object.entries(templates)) {
    if (/[{}]/.test(text)) throw new TypeError(`${file} holds a brace: the trainer would take it for a placeholder.`);
    let template = text;
    for (const [name, value] of Object.entries(stand)) template = template.replaceAll(String(value), `{${name}}`);
    files.set(file, `${template}\n`);
  }
  files.set('features.json', `${JSON.stringify({ horizonDays, placeholders, features }, null, 2)}\n`);
  return files;
}

let hash: string | undefined;

/**
 * Sha256 in hex of the text by which this build computes features, `features.sql` as the trainer has it: what a manifest must name as
 * `featuresSha256`. Made from the statement, so that nothing of `apps/` is read where a model is served.
 */
export function featuresSha256(): string {
  hash ??= createHash('sha256')
    .update(trainerFiles().get('features.sql') ?? '')
    .digest('hex');
  return hash;
}

/** The table of docs/models.md. */
export function featureTable(): string {
  const signs = { [-1]: 'down', [0]: '', [1]: 'up' } as const;
  const rows = features.map(
    ({ name, definition, unit, group, sign }) => `| \`${name}\` | ${definition} | ${unit} | ${group} | ${signs[sign]} |`,
  );
  return ['| name | what it is | unit | group | churn goes |', '|---|---|---|---|---|', ...rows].join('\n');
}
