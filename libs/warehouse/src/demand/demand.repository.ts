import { join, sql, type ClickHouse, type Sql } from '#clickhouse';
import type { DemandForecastBody, DemandLevel, DemandMeasures, DemandSeries } from '#contracts';
import { tableOf, type Shop } from '../shop.js';
import { instantOf, textOf } from '../watermark.repository.js';

/** Forecasts that are kept of a shop: as many days as a forecast reaches, and some. */
const keptForecasts = 35;

/** Which forecast an answer is of. */
export interface PublishedForecast {
  /** `2025-12-31`, the first day that was not known. */
  readonly origin: string;
  /** As the store has it, microseconds: the name of one forecast among those of an origin. */
  readonly publishedAt: string;
  readonly probabilities: readonly number[];
}

/** A series of the newest forecast. */
export interface StoredSeries extends Omit<DemandSeries, 'level' | 'quantiles' | 'measures'> {
  /** Of a product; empty of a category, and where the shop named none. */
  readonly name: string;
  /** [day][probability], for the days that were asked for. */
  readonly quantiles: readonly (readonly number[])[];
  readonly measures: Readonly<Partial<Record<'7' | '28', DemandMeasures>>>;
}

const columns = [
  ...['origin', 'published_at', 'level', 'key', 'class', 'method'],
  ...['probabilities', 'mean', 'quantiles', 'measures', 'published_by'],
];

/** What shops will sell: forecasts as they were published, the newest of the newest origin counts. */
export class DemandRepository {
  /** @param kept origins that stay */
  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly kept = keptForecasts,
  ) {}

  /**
   * Keeps a forecast whole, and lets go of those that are older than the newest origins that are kept, or of an origin published again.
   * @param at of the machine; grows from one publication to the next
   */
  async publish(shop: Shop, { origin, probabilities, series }: DemandForecastBody, by: string, at: Date): Promise<void> {
    const publishedAt = textOf(at);
    const lines = series.map(({ level, key, class: kind, method, mean, quantiles, measures }) =>
      JSON.stringify([origin, publishedAt, level, key, kind, method, probabilities, mean, quantiles, JSON.stringify(measures), by]),
    );
    await this.clickhouse.insert(tableOf(shop, 'demand_forecasts'), columns, lines.join('\n'), 'background');
    await this.clickhouse.command(outdatedForecastsSql(shop, this.kept), 'background');
  }

  /** Undefined where none was published yet. */
  async newest(shop: Shop): Promise<PublishedForecast | undefined> {
    const [row] = await this.clickhouse.query<{ origin: string; published_at: string; probabilities: number[] }>(newestForecastSql(shop));
    return row && { origin: row.origin, publishedAt: row.published_at, probabilities: row.probabilities };
  }

  /** Series of a forecast, the largest first. @param days the last of them: quantiles of all others are left in the store */
  async series(
    shop: Shop,
    forecast: PublishedForecast,
    asked: { readonly level: DemandLevel; readonly days: readonly number[]; readonly key?: string | undefined },
  ): Promise<StoredSeries[]> {
    const rows = await this.clickhouse.query<Omit<StoredSeries, 'measures'> & { measures: string }>(
      seriesOfForecastSql(shop, forecast, asked),
    );
    return rows.map((row) => ({ ...row, measures: JSON.parse(row.measures) as StoredSeries['measures'] }));
  }
}

/** When a forecast was published, of the store's text. */
export const publishedInstant = ({ publishedAt }: PublishedForecast): Date => instantOf(publishedAt.slice(0, 23));

export function newestForecastSql(shop: Shop): Sql {
  return sql`SELECT toString(origin) AS origin, toString(published_at) AS published_at, probabilities
FROM ${tableOf(shop, 'demand_forecasts')} AS f ORDER BY f.origin DESC, f.published_at DESC LIMIT 1`;
}

export function seriesOfForecastSql(
  shop: Shop,
  { origin, publishedAt }: PublishedForecast,
  { level, days, key }: { readonly level: DemandLevel; readonly days: readonly number[]; readonly key?: string | undefined },
): Sql {
  const only = key === undefined ? sql`` : sql` AND key = ${key}`;
  const wanted = sql`[${join(days.map((day) => sql`${day}`))}]`;
  const products = sql` LEFT JOIN (SELECT product_id, name FROM ${tableOf(shop, 'dim_products')} FINAL) AS p ON f.key = p.product_id`;
  const [named, dimension] = level === 'product' ? [sql`p.name`, products] : [sql`''`, sql``];
  return sql`SELECT key, ${named} AS name, class, method, arrayMap(day -> f.mean[day], ${wanted}) AS mean, arrayMap(day -> f.quantiles[day], ${wanted}) AS quantiles, measures
FROM ${tableOf(shop, 'demand_forecasts')} AS f${dimension}
WHERE origin = toDate(${origin}) AND published_at = toDateTime64(${publishedAt}, 6, 'UTC') AND level = ${level}${only}
ORDER BY f.mean[-1] DESC, key`;
}

/** What another publication leaves behind. */
export function outdatedForecastsSql(shop: Shop, kept: number): Sql {
  const table = tableOf(shop, 'demand_forecasts');
  const newest = sql`SELECT origin, max(published_at) FROM ${table} GROUP BY origin ORDER BY origin DESC LIMIT ${kept}`;
  return sql`ALTER TABLE ${table} DELETE WHERE (origin, published_at) NOT IN (${newest}) SETTINGS mutations_sync = 1`;
}
