import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  alertCountsSql,
  alertCustomersSql,
  alertEffectSql,
  alertLogSql,
  alertOutcomeSql,
  alertPageSql,
  churnBaseSql,
  ordersSinceSql,
  toldSinceSql,
  suppressionCountsSql,
  suppressionPageSql,
} from './alerts/index.js';
import {
  alertStepsSql,
  deliveryBodiesSql,
  deliveryCountsSql,
  deliveryLogSql,
  deliveryPageSql,
  deliveryPlacesSql,
  deliveryStepsSql,
  waitingDeliveriesSql,
} from './delivery/index.js';
import { newestForecastSql, outdatedForecastsSql, seriesOfForecastSql, stockSql } from './demand/index.js';
import { customerFeaturesSql, noMbg } from './features/index.js';
import { fingerprintStatements } from './fingerprint.js';
import {
  breakdownOfFactsSql,
  breakdownSql,
  buyersSql,
  customerCountsSql,
  extentSql,
  liveEventsSql,
  orderArrivalsSql,
  pathEventsSql,
  pathKeysSql,
  pathKpisSql,
  pathSumsSql,
  pathVersionsSql,
  qualitySql,
  recentEventsSql,
  seriesSql,
  headlineSql,
  totalsSql,
  type KpiSpan,
} from './reads/index.js';
import { noteCampaignDays, writeCampaignDays } from './refresh/campaigns.js';
import { writeCustomers } from './refresh/customers.js';
import { writeDimensions, writePlaceholders } from './refresh/dimensions.js';
import { DirtyBuckets, DirtySql } from './refresh/dirty.js';
import { writeSales, writeTimelines } from './refresh/facts.js';
import { foldVersions } from './refresh/fold.js';
import { standingSql, writeHeadline } from './refresh/headline.js';
import { writeKpis } from './refresh/kpi.js';
import { namedDimensions } from './refresh/placed.js';
import { StepSql } from './refresh/step.js';
import {
  entitiesOfReturnsSql,
  freshOrdersSql,
  freshReturnsSql,
  olderOrdersSql,
  olderReturnsSql,
  orderBodiesSql,
  returnsAtSql,
} from './refresh/versions.js';
import { pageEndSql, pageSql, surveySql } from './replay/replay.reads.js';
import { between } from './positions.js';
import { customerMomentsSql } from './scores/customer-moments.js';
import { versionsSql } from './scores/ledger-versions.reads.js';
import { buyersFromSql } from './scores/moment.reads.js';
import { pastMomentsSql } from './scores/past-moments.js';
import { customerScoreSql, scoresSummarySql, scoresToldSql } from './scores/score.reads.js';
import { markedMonthsSql, markOutcomesSql } from './scoreboard/index.js';
import type { Shop } from './shop.js';

// The SQL of every statement as it is sent, so that a change of a builder shows in review as a change of SQL.
// After a wanted change: GOLDEN=1 npx vitest run libs/warehouse

const shop: Shop = {
  shop: 'golden',
  database: 'shop_golden',
  timeZone: 'Europe/London',
  currency: 'GBP',
  fiscalYearStart: 1,
  clockMode: 'data',
};
const at = Date.parse('2024-01-01T00:00:00Z');
const spans: KpiSpan[] = [
  { grain: 'month', from: at, to: at + 31 * 86_400_000 },
  { grain: 'hour', from: at - 3_600_000, to: at },
];
const position = (
  topic: 'transactions.v1' | 'returns.v1' | 'customers.v1' | 'products.v1' | 'campaigns.v1',
  epoch: number,
  next: bigint,
) => ({
  topic,
  partition: 0,
  epoch,
  next,
});

function statements(): Map<string, string> {
  const texts = new Map<string, string>();
  const s = new StepSql({
    shop,
    generation: 1_099_511_627_777n,
    from: [position('transactions.v1', 1, 10n), position('returns.v1', 1, 5n)],
    to: [
      position('transactions.v1', 1, 20n),
      position('returns.v1', 2, 3n),
      position('customers.v1', 1, 4n),
      position('products.v1', 1, 4n),
      position('campaigns.v1', 1, 4n),
    ],
  });
  const second = at / 1000;
  const buckets = new DirtyBuckets();
  for (const seconds of [5, 65]) {
    const start = (length: number): number => second + Math.floor(seconds / length) * length;
    buckets.add({ slice_start: start(5), minute_start: start(60), hour_start: second, day_start: second, month_start: second });
  }
  const dirty = new DirtySql(buckets, s.scratch('dirty'));
  const many = new DirtyBuckets();
  for (let index = 0; index < 301; index += 1)
    many.add({ slice_start: index * 5, minute_start: 0, hour_start: 0, day_start: 0, month_start: 0 });
  const places = [{ partition: 0, epoch: 1, offset: '7' }];
  texts.set('live.fresh_orders.sql', freshOrdersSql(s).text);
  texts.set('live.fresh_returns.sql', freshReturnsSql(s).text);
  texts.set('live.entities_of_returns.sql', entitiesOfReturnsSql(s, ['R1', "it's"]).text);
  texts.set('live.older_orders.sql', olderOrdersSql(s, ['o:A1']).text);
  texts.set('live.older_returns.sql', olderReturnsSql(s, ['o:A1']).text);
  texts.set('live.order_bodies.sql', orderBodiesSql(s, places).text);
  texts.set('live.returns_at.sql', returnsAtSql(s, places).text);
  const head = (offset: string, fresh: number) => ({
    ...{ partition: 0, epoch: 1, offset, fresh, entity_id: 'o:A1', order_id: offset === '9' ? 'A2' : 'A1', hash: '', cancelled: 0 },
    ...{ revision: offset, month: '2024-01-01', customer_id: 'c1', line: [1] },
    ...{ slice_start: second, minute_start: second, hour_start: second, day_start: second, month_start: second },
  });
  texts.set(
    'live.fact_sales.sql',
    writeSales(s, foldVersions([head('12', 1), head('3', 0), head('9', 0)], []), new Map([['c1', 1]])).statement.text,
  );
  texts.set('live.agg_headline.sql', writeHeadline(s, dirty, false).statement.text);
  texts.set('live.agg_headline.many.sql', writeHeadline(s, new DirtySql(many, s.scratch('dirty')), true).statement.text);
  const standing = (['slice', 'month'] as const).map((grain) => ({ grain, start: second }));
  texts.set('live.headline_buckets.sql', standingSql(s.table('agg_headline'), standing).text);
  for (const { name, statement } of writePlaceholders(
    s,
    new Map(namedDimensions.map((each) => [each, each === 'geography' ? ['["DE","","It\'s"]'] : ['A1', "it's"]])),
  ))
    texts.set(`settle.${name}.told.sql`, statement.text);
  for (const { name, statement } of [
    ...writeDimensions(s),
    ...writePlaceholders(s, new Map(namedDimensions.map((each) => [each, undefined]))),
    writeTimelines(s, dirty),
    ...writeKpis(s, dirty),
    ...writeKpis(s, dirty, 4n),
    ...writeCustomers(s, dirty),
    ...writeCustomers(s, dirty, 4n),
    noteCampaignDays(s, dirty),
    writeCampaignDays(s),
  ]) {
    texts.set(`settle.${name}.sql`, statement.text);
  }
  texts.set('read.extent.sql', extentSql(shop, 'settled').text);
  texts.set('read.totals.sql', totalsSql(shop, spans, false, 'live').text);
  const stretches = { now: spans, before: [], hour: { grain: 'hour', from: 0, to: 3_600_000 } } as const;
  texts.set('read.headline.sql', headlineSql(shop, stretches, false).text);
  texts.set('read.headline-with-buyers.sql', headlineSql(shop, stretches, true).text);
  texts.set('read.series-week.sql', seriesSql(shop, 'week', at, at + 7 * 86_400_000, true, 'settled').text);
  texts.set('read.breakdown-product.sql', breakdownSql(shop, 'product', spans, false, 'gross', 20).text);
  texts.set('read.buyers.sql', buyersSql(shop, 'product', spans, ['a', 'b']).text);
  texts.set('read.breakdown-category.sql', breakdownOfFactsSql(shop, 'category', at, at + 3_600_000, true, 'net', 20).text);
  texts.set('read.customer-counts.sql', customerCountsSql(shop, at, at + 86_400_000).text);
  texts.set('read.recent-events.sql', recentEventsSql(shop, 50, 'rejected', "it's").text);
  texts.set('read.quality.sql', qualitySql(shop).text);
  const stretch = { partition: 2, epoch: 1, from: 10n, to: 20n };
  texts.set(
    'read.live-events.sql',
    liveEventsSql(shop, [
      { topic: 'transactions.v1', ...stretch },
      { topic: 'returns.v1', ...stretch },
    ]).text,
  );
  texts.set('read.order-arrivals.sql', orderArrivalsSql(shop, new Date(at), new Date(at - 86_400_000)).text);
  const came = [{ topic: 'transactions.v1', partition: 2, epoch: 1, from: 300n, to: 1_000n }] as const;
  texts.set('read.order-arrivals-of.sql', orderArrivalsSql(shop, new Date(at), new Date(at - 86_400_000), came).text);
  const order = { topic: 'transactions.v1', id: 'A1' } as const;
  const refund = { topic: 'returns.v1', id: 'R1' } as const;
  texts.set('read.path-events.sql', pathEventsSql(shop, 'A1', 51).text);
  texts.set('read.path-versions.sql', pathVersionsSql(shop, [order, refund], 1_000).text);
  texts.set('read.path-keys-order.sql', pathKeysSql(shop, order).text);
  texts.set('read.path-keys-return.sql', pathKeysSql(shop, refund).text);
  texts.set('read.path-kpis.sql', pathKpisSql(shop, [{ grain: 'day', dimension: 'product', member: 'pen', start: second }]).text);
  texts.set('read.path-sums-order.sql', pathSumsSql(shop, order).text);
  const selection = { from: at, to: at + 86_400_000, positions: [position('transactions.v1', 1, 20n), position('returns.v1', 2, 3n)] };
  const place = { at: at + 1_000, topic: 'transactions.v1', partition: 1, epoch: 1, offset: 7n } as const;
  const topics = ['transactions.v1', 'returns.v1'] as const;
  texts.set('replay.survey.sql', surveySql(shop, selection, true).text);
  texts.set('replay.page-end.sql', pageEndSql(shop, selection, topics, place, 2_000).text);
  texts.set('replay.page.sql', pageSql(shop, selection, topics, place, { ...place, offset: 9n }, 32_768).text);
  const mbg = { r: 0.8, alpha: 60, a: 0.5, b: 2 };
  const [asOf, customers] = [new Date(at), { keys: [7, 9] }];
  texts.set('read.features-of-facts.sql', customerFeaturesSql(shop, { asOf, mbg, customers, source: 'facts' }).text);
  texts.set('read.features-of-versions.sql', customerFeaturesSql(shop, { asOf, mbg: noMbg, customers: { ids: ["it's"] } }).text);
  const alerts = { states: ['open', 'acted'], rule: 'churn-high', assignee: "it's", customer: 'c1' };
  const [newest, value] = [
    { sort: 'newest', decided: at, alertId: 'a1' },
    { sort: 'value', netValue: '250.00', alertId: 'a1' },
  ] as const;
  texts.set('alerts.page.sql', alertPageSql(shop, alerts, { sort: 'newest', limit: 51, before: newest }).text);
  texts.set('alerts.page-by-value.sql', alertPageSql(shop, {}, { sort: 'value', limit: 51, before: value }).text);
  texts.set('alerts.counts.sql', alertCountsSql(shop, {}).text);
  texts.set('alerts.log.sql', alertLogSql(shop, 'a1').text);
  texts.set('alerts.outcome.sql', alertOutcomeSql(shop, 2, 17n, 'e1').text);
  const unsent = { rule: 'churn-high', reason: 'cap', customer: 'c1' };
  texts.set('alerts.suppressions.sql', suppressionPageSql(shop, unsent, { limit: 51, before: [String(at), '2', '1', '17', '0'] }).text);
  texts.set('alerts.suppression-counts.sql', suppressionCountsSql(shop, unsent).text);
  texts.set('alerts.customers.sql', alertCustomersSql(shop, ['c1', "it's"]).text);
  texts.set('delivery.alert-steps.sql', alertStepsSql(shop, [{ partition: 2, epoch: 1, offset: 17n, step: 3 }], 500).text);
  texts.set('delivery.places.sql', deliveryPlacesSql(shop).text);
  texts.set('delivery.waiting.sql', waitingDeliveriesSql(shop, 10_000).text);
  texts.set('delivery.steps.sql', deliveryStepsSql(shop, new Date(at)).text);
  texts.set('delivery.bodies.sql', deliveryBodiesSql(shop, ['d1'], [new Date(at)]).text);
  texts.set('delivery.page.sql', deliveryPageSql(shop, { state: 'dead', channel: 'crm', subject: 'a1' }, 50).text);
  texts.set('delivery.counts.sql', deliveryCountsSql(shop, { channel: 'crm' }).text);
  texts.set('delivery.log.sql', deliveryLogSql(shop, 'd1').text);
  texts.set('alerts.effect.sql', alertEffectSql(shop, 'churn-high', 90, new Date(at)).text);
  texts.set('alerts.churn-base.sql', churnBaseSql(shop, { instants: [at, at + 604_800_000], horizonDays: 90, activeDays: 180 }).text);
  texts.set('alerts.orders-since.sql', ordersSinceSql(shop, ['c1', "it's"], at).text);
  texts.set(
    'alerts.told-since.sql',
    toldSinceSql(shop, [{ topic: 'transactions.v1', partition: 1, epoch: 2, next: 40n }], new Date(at)).text,
  );
  const rowAt = (topic: 'transactions.v1' | 'returns.v1', offset: bigint) => ({ topic, partition: 1, epoch: 1, offset });
  const moments = [
    { customerId: "it's", asOf: at, orders: [rowAt('transactions.v1', 7n)], returns: [] },
    { customerId: 'c2', asOf: at + 1, orders: [], returns: [rowAt('returns.v1', 3n)] },
  ];
  texts.set('read.customer-moments.sql', customerMomentsSql(shop, { moments, mbg, leaveOut: { orders: ['A1'], returns: ['R1'] } }).text);
  texts.set('read.past-moments.sql', pastMomentsSql(shop, { from: at, to: at + 86_400_000, mbg, fromKey: 1, toKey: 5_000 }).text);
  texts.set('read.buyers-from.sql', buyersFromSql(shop, 7, 1_000).text);
  texts.set('read.order-versions.sql', versionsSql(shop, 'transactions.v1', between([], [position('transactions.v1', 1, 20n)])).text);
  texts.set('read.scores-summary.sql', scoresSummarySql(shop).text);
  texts.set('read.scores-told.sql', scoresToldSql(shop).text);
  texts.set('read.customer-score.sql', customerScoreSql(shop, "it's").text);
  const bands = [
    { band: 'low', from: 0 },
    { band: 'high', from: 0.7 },
  ];
  const marked = { model: "churn-it's", references: [at, at + 31 * 86_400_000], horizonDays: 90, bands };
  texts.set('scoreboard.outcomes.sql', markOutcomesSql(shop, marked).text);
  texts.set('scoreboard.outcomes-active.sql', markOutcomesSql(shop, { ...marked, activeDays: 180 }).text);
  texts.set('demand.newest.sql', newestForecastSql(shop).text);
  const forecast = { origin: '2025-12-31', publishedAt: '2026-01-01 00:00:00.000', probabilities: [0.05, 0.95] };
  texts.set('demand.series.sql', seriesOfForecastSql(shop, forecast, { level: 'product', days: [7, 14], key: "it's" }).text);
  texts.set('demand.stock.sql', stockSql(shop, new Date(at)).text);
  texts.set('demand.outdated.sql', outdatedForecastsSql(shop, 35).text);
  texts.set('scoreboard.months.sql', markedMonthsSql(shop, "churn-it's").text);
  for (const { table, statement } of fingerprintStatements(shop)) {
    if (['ledger_transactions', 'fact_sales', 'dim_geography', 'agg_kpi', 'mv_segment_flow'].includes(table)) {
      texts.set(`fingerprint.${table}.sql`, statement.text);
    }
  }
  return texts;
}

it('sends the statements that were reviewed', () => {
  const directory = join(import.meta.dirname, '__golden__');
  const made = statements();
  if (process.env['GOLDEN'] === '1') {
    for (const [file, text] of made) writeFileSync(join(directory, file), `${text}\n`);
  }
  expect(readdirSync(directory).sort()).toEqual([...made.keys()].sort());
  for (const [file, text] of made) expect(`${text}\n`, file).toBe(readFileSync(join(directory, file), 'utf8'));
});
