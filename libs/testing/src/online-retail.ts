import { defineSlice, readConfig } from '#config';
import type { SeriesAnswer, SummaryAnswer } from '#contracts';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

const datasetsConfig = defineSlice('datasets', {
  TIDELINE_DATASETS: z.string().default('./datasets').describe('Where reference data lies.'),
});

/** The reference file, or undefined where it is not there. */
export function onlineRetailFile(): string | undefined {
  const { TIDELINE_DATASETS: folder } = readConfig([datasetsConfig], undefined, { strict: false }).get(datasetsConfig);
  const path = resolve(folder, 'online_retail', 'online_retail.csv.gz');
  return existsSync(path) ? path : undefined;
}

/** Published facts of UCI data set 352, counted from the file by its README: the whole, and month by month. */
export const onlineRetailFacts = {
  rows: 541_909,
  saleRows: 530_103,
  returnRows: 9_288,
  rejectedRows: 2_518,
  grossSales: '10655622.484',
  returns: '896812.49',
  netSales: '9758809.994',
  orders: 19_959,
  buyers: 4_338,
  /** 2,845 of 4,338. */
  repeatRate: '0.655832',
  units: 5_588_375,
  months: [
    ['2010-12-01', '823746.14', '74789.12', '748957.02', 1_559],
    ['2011-01-01', '691364.56', '131364.30', '560000.26', 1_086],
    ['2011-02-01', '523631.89', '25569.24', '498062.65', 1_100],
    ['2011-03-01', '717639.36', '34372.28', '683267.08', 1_454],
    ['2011-04-01', '537808.62', '44601.50', '493207.12', 1_246],
    ['2011-05-01', '770536.02', '47202.51', '723333.51', 1_681],
    ['2011-06-01', '761739.90', '70616.78', '691123.12', 1_533],
    ['2011-07-01', '719221.19', '37921.08', '681300.11', 1_475],
    ['2011-08-01', '748076.32', '54333.75', '693742.57', 1_360],
    ['2011-09-01', '1058590.17', '38902.55', '1019687.62', 1_837],
    ['2011-10-01', '1154979.30', '84274.63', '1070704.67', 2_040],
    ['2011-11-01', '1509496.33', '47740.08', '1461756.25', 2_769],
    ['2011-12-01', '638792.68', '205124.67', '433668.01', 819],
  ],
} as const;

/** Every published figure that two answers of the API differ in; empty when they agree to the last digit. */
export function differencesFromFacts(summary: SummaryAnswer, months: SeriesAnswer): string[] {
  const differences: string[] = [];
  const compare = (name: string, expected: string | number, actual: string | number | null): void => {
    if (expected !== actual) differences.push(`${name}: published ${expected}, answered ${actual}`);
  };
  for (const name of ['grossSales', 'returns', 'netSales', 'orders', 'buyers', 'repeatRate', 'units'] as const) {
    compare(name, onlineRetailFacts[name], summary.figures[name]);
  }
  compare('months', onlineRetailFacts.months.length, months.points.length);
  for (const [local, gross, returns, net, orders] of onlineRetailFacts.months) {
    const point = months.points.find((each) => each.local === local);
    compare(`${local} gross`, gross, pence(point?.grossSales));
    compare(`${local} returns`, returns, pence(point?.returns));
    compare(`${local} net`, net, pence(point?.netSales));
    compare(`${local} orders`, orders, point?.orders ?? null);
  }
  return differences;
}

/** The months are published in pence, the file has prices of three decimals: rounded half up, as they were. */
function pence(amount: string | undefined): string | null {
  if (amount === undefined) return null;
  const [whole = '0', fraction = ''] = amount.split('.');
  const thousandths = BigInt(whole) * 1_000n + BigInt(fraction.padEnd(3, '0').slice(0, 3));
  const rounded = (thousandths + 5n) / 10n;
  return `${rounded / 100n}.${(rounded % 100n).toString().padStart(2, '0')}`;
}
