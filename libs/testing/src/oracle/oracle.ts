import { breakdown, series, summary, type BreakdownBy, type BreakdownRow, type SeriesPoint, type Summary } from './answers.js';
import { keepBook, type Book } from './book.js';
import { campaignDays, type CampaignDayFigures } from './campaigns.js';
import { cohortMatrix, type CohortCell } from './cohorts.js';
import { customerLives, customerMonths, type CustomerFigures } from './customers.js';
import { dimensionsOf, type Dimensions } from './dimensions.js';
import { KpiTable } from './kpi.js';
import { LocalTime, type Grain } from './local-time.js';
import type { PeriodQuery } from './period.js';
import { rfmScores, segmentFlow, type RfmScore, type SegmentFlow } from './rfm.js';
import { verdictOn, type OracleMessage, type OracleShop, type Verdict } from './verdict.js';
import type { CampaignDay, StockCount } from '#contracts';
import { stockAt } from './stock.js';
import { Versions } from './winners.js';

/**
 * Every figure of a shop, computed from nothing but the set of its messages: what is true, against which the product is
 * measured. No SQL, no state, no order of arrival.
 */
export interface Oracle {
  readonly shop: OracleShop;
  readonly messages: readonly OracleMessage[];
  /** One per message of `messages`. */
  readonly verdicts: readonly Verdict[];
  /** The shop's time, milliseconds since 1970: the highest `recordedtime` of an accepted message; null without one. */
  readonly clock: number | null;
  readonly time: LocalTime;
  /** Live orders, counted refunds, refunds left out. */
  readonly book: Book;
  readonly kpi: KpiTable;
  readonly customers: ReadonlyMap<string, CustomerFigures>;
  readonly customerMonths: ReadonlyMap<string, ReadonlyMap<string, CustomerFigures>>;
  /** What was reported of each campaign and day, by `<campaign>/<date>`. */
  readonly reportedDays: ReadonlyMap<string, CampaignDay>;
  readonly campaignDays: readonly CampaignDayFigures[];
  /** Counts that count, by `<product>/<instant>`; `units: null` where one was taken back. */
  readonly stockCounts: ReadonlyMap<string, StockCount>;
  readonly dimensions: Dimensions;
  /** In the order of customer ids. */
  readonly rfm: readonly RfmScore[];
  readonly segmentFlow: readonly SegmentFlow[];
  readonly cohorts: readonly CohortCell[];
  /** Units left of each product that was counted by an instant, milliseconds since 1970. */
  stock(at: number): Map<string, bigint>;
  summary(query?: PeriodQuery): Summary;
  series(grain: Exclude<Grain, 'slice'>, query?: PeriodQuery): SeriesPoint[];
  /** Every member; REST shows the first few and sums up the others. */
  breakdown(by: BreakdownBy, query?: PeriodQuery): BreakdownRow[];
}

/**
 * Folds messages into figures. Order and repetition change nothing.
 * @param shop currency (another one is refused) and the zone of its days and months
 */
export function foldOracle(messages: readonly OracleMessage[], shop: OracleShop): Oracle {
  const verdicts = messages.map((message) => verdictOn(message, shop));
  const accepted = verdicts.filter((verdict) => verdict.accepted);
  const versions = new Versions(accepted.map(({ statement }) => statement));
  const clock = accepted.reduce<number | null>((latest, { recordedAt }) => Math.max(recordedAt, latest ?? recordedAt), null);

  const time = new LocalTime(shop.timeZone);
  const book = keepBook(versions);
  const kpi = new KpiTable(book, time);
  const months = customerMonths(book, time);
  const reportedDays = versions.winners('campaign-day');
  const stockCounts = versions.winners('stock-count');
  const dimensions = dimensionsOf(versions);
  return {
    shop,
    messages,
    verdicts,
    clock,
    time,
    book,
    kpi,
    customers: customerLives(book),
    customerMonths: months,
    reportedDays,
    campaignDays: campaignDays(reportedDays, kpi, time),
    stockCounts,
    dimensions,
    rfm: clock === null ? [] : rfmScores(book, time, clock),
    segmentFlow: clock === null ? [] : segmentFlow(book, time, clock),
    cohorts: clock === null ? [] : cohortMatrix(months, time, clock),
    stock: (at) => stockAt(book, stockCounts.values(), at),
    summary: (query = {}) => summary(book, time, query),
    series: (grain, query = {}) => series(book, time, clock, grain, query),
    breakdown: (by, query = {}) => breakdown(book, time, dimensions, by, query),
  };
}
