import { dateAfter, Zone } from '#clock';
import type { DemandAnswer, DemandForecastBody, DemandPublishedAnswer, DemandQuery, ReorderAnswer, ReorderQuery } from '#contracts';
import {
  findShop,
  instantOf,
  publishedInstant,
  type DemandRepository,
  type PublishedForecast,
  type ReadGate,
  type Shop,
  type ShopDirectory,
  type Stock,
  type StockReads,
  type StoredSeries,
  type WatermarkRepository,
} from '#warehouse';
import { AnalyticsError } from '../analytics.errors.js';
import { stampFields } from '../kpi.service.js';
import { reorderOf } from './reorder.js';

const dayMs = 86_400_000;
/** Ends of the interval that is shown. */
const [low, high] = [0.05, 0.95];

export interface DemandParts {
  readonly shops: ShopDirectory;
  readonly demand: DemandRepository;
  readonly stock: StockReads;
  readonly gate: Pick<ReadGate, 'read'>;
  readonly watermarks: Pick<WatermarkRepository, 'read'>;
  readonly now?: () => Date;
}

/** Forecasts of what shops will sell, and what follows for ordering. */
export class DemandService {
  constructor(private readonly parts: DemandParts) {}

  /**
   * Keeps what the trainer wrote.
   * @throws {AnalyticsError} `forecast-other-shop`; `forecast-ahead` for an origin that the shop's clock has not come to
   * @throws {WarehouseError} `shop-unknown`
   */
  async publish(name: string, body: DemandForecastBody, by: string): Promise<DemandPublishedAnswer> {
    if (body.shop !== name) {
      throw new AnalyticsError(
        'forecast-other-shop',
        `This forecast is of ${body.shop}, not of ${name}: products of one shop are not those of another. Make one: npm run train -- --shop ${name} --kind demand.`,
      );
    }
    const shop = await findShop(this.parts.shops, name);
    const today = await this.today(shop);
    // The newest origin counts: one that is yet to come would hide every forecast until then.
    if (today === undefined || body.origin > today) {
      throw new AnalyticsError(
        'forecast-ahead',
        `This forecast begins on ${body.origin}, and ${today === undefined ? `${name} has no time yet` : `in ${name} it is ${today}`}: nobody can know what was sold before it. Make one of today: npm run train -- --shop ${name} --kind demand.`,
      );
    }
    await this.parts.demand.publish(shop, body, by, this.parts.now?.() ?? new Date());
    const categories = body.series.filter(({ level }) => level === 'category').length;
    return { shop: name, origin: body.origin, categories, products: body.series.length - categories };
  }

  /** @throws {AnalyticsError} `series-unknown` for a key without a forecast @throws {WarehouseError} `shop-unknown` */
  async forecast(name: string, { level, days, key }: DemandQuery): Promise<DemandAnswer> {
    const shop = await findShop(this.parts.shops, name);
    const forecast = await this.parts.demand.newest(shop);
    const today = await this.today(shop);
    const words = wordsOn(shop, forecast, today);
    if (!forecast) return { shop: name, origin: null, today: today ?? null, days, publishedAt: null, words, series: [] };
    const wanted = key === undefined ? [days] : Array.from({ length: days }, (_, at) => at + 1);
    const found = await this.parts.demand.series(shop, forecast, { level, days: wanted, key });
    if (key !== undefined && found.length === 0) {
      throw new AnalyticsError(
        'series-unknown',
        `There is no forecast of the ${level} ${key} in ${name}: it had no sale before ${forecast.origin}, or has another name (GET /api/v1/shops/${name}/demand?level=${level}).`,
      );
    }
    const [from, to] = [placeOf(forecast, low), placeOf(forecast, high)];
    const rangeOf = (series: StoredSeries, at: number) => ({
      ...{ mean: series.mean[at] ?? 0, low: series.quantiles[at]?.[from] ?? 0, high: series.quantiles[at]?.[to] ?? 0 },
    });
    const series = found.flatMap((each) => {
      const measures = each.measures[days < 28 ? '7' : '28'];
      if (!measures) return [];
      const course =
        key === undefined ? null : wanted.map((day, at) => ({ date: dateAfter(forecast.origin, day - 1), ...rangeOf(each, at) }));
      return [
        {
          key: each.key,
          name: each.name || null,
          class: each.class,
          method: each.method,
          ...rangeOf(each, wanted.length - 1),
          measures,
          course,
        },
      ];
    });
    const publishedAt = publishedInstant(forecast).toISOString();
    return { shop: name, origin: forecast.origin, today: today ?? null, days, publishedAt, words, series };
  }

  /** Reorder point, order-up-to level and order quantity of every product with a forecast. @throws {WarehouseError} `shop-unknown` */
  async reorder(name: string, { leadDays, reviewDays, serviceLevel }: ReorderQuery): Promise<ReorderAnswer> {
    const shop = await findShop(this.parts.shops, name);
    const forecast = await this.parts.demand.newest(shop);
    const { value: stocks, stamp } = await this.parts.gate.read(
      shop,
      ({ clock }) => (clock === null ? Promise.resolve(new Map<string, Stock>()) : this.parts.stock.at(shop, new Date(clock))),
      'live',
    );
    const about = {
      shop: name,
      origin: forecast?.origin ?? null,
      leadDays,
      reviewDays,
      serviceLevel,
      words: wordsOn(shop, forecast, await this.today(shop)),
      ...stampFields(stamp),
    };
    if (!forecast) return { ...about, products: [] };
    const series = await this.parts.demand.series(shop, forecast, { level: 'product', days: [leadDays, leadDays + reviewDays] });
    const place = placeOf(forecast, serviceLevel);
    const products = series.map(({ key, name: named, method, quantiles }) => {
      const [untilDelivered = 0, untilNextDelivered = 0] = quantiles.map((row) => row[place] ?? 0);
      const counted = stocks.get(key);
      return {
        ...{ productId: key, name: named || null, method, ...reorderOf(untilDelivered, untilNextDelivered, counted?.units) },
        ...{ stock: counted?.units ?? null, countedAt: counted ? instantOf(counted.countedAt).toISOString() : null },
      };
    });
    return { ...about, products };
  }

  /** The day in the shop at its own clock, by the figures that the trainer sees too; undefined while it has no time. */
  private async today(shop: Shop): Promise<string | undefined> {
    const clock = (await this.parts.watermarks.read(shop, 'settled'))?.clock;
    return clock ? localDate(shop, clock) : undefined;
  }
}

/** What a person must know before he trusts a forecast: that there is none, or that it is not of today. @param today of the shop */
function wordsOn(shop: Shop, forecast: PublishedForecast | undefined, today: string | undefined): string | null {
  const make = `npm run train -- --shop ${shop.shop} --kind demand`;
  if (!forecast) return `${shop.shop} has no forecast yet. Make one: ${make}, or with --follow one each day.`;
  if (today === undefined) return null;
  const behind = Math.round((Date.parse(today) - Date.parse(forecast.origin)) / dayMs);
  return behind <= 0
    ? null
    : `The forecast was made ${behind} ${behind === 1 ? 'day' : 'days'} ago: what was sold since is not in it. Make one: ${make}, or with --follow one each day.`;
}

/** @throws {AnalyticsError} `forecast-without` when a forecast of another version lacks a probability */
function placeOf({ probabilities, origin }: PublishedForecast, wanted: number): number {
  const place = probabilities.indexOf(wanted);
  if (place >= 0) return place;
  throw new AnalyticsError(
    'forecast-without',
    `The forecast of ${origin} has no quantile ${wanted}; it has ${probabilities.join(', ')}. Make one with this version's npm run train.`,
  );
}

function localDate(shop: Shop, at: Date): string {
  const { year, month, day } = new Zone(shop.timeZone).local(at.getTime());
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}
