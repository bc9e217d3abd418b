import { dateAfter } from '#clock';
import { demandAnswer, reorderAnswer, type DemandAnswer, type DemandLevel, type ReorderAnswer } from '#contracts';

/**
 * What a shop has of demand: no forecast, one without or with counts of stock, one that is a day or nine days old, one of a version that
 * knew other service levels.
 */
export type FakeDemand = 'none' | 'uncounted' | 'counted' | 'yesterday' | 'stale' | 'without-quantile';

type Series = DemandAnswer['series'][number];

const origin = '2011-12-09';
const ages = { yesterday: 1, stale: 9 } as const;

function aboutOf(shop: string, state: FakeDemand): Pick<DemandAnswer, 'origin' | 'today' | 'words'> {
  const make = `Make one: npm run train -- --shop ${shop} --kind demand, or with --follow one each day.`;
  if (state === 'none') return { origin: null, today: origin, words: `${shop} has no forecast yet. ${make}` };
  if (state !== 'yesterday' && state !== 'stale') return { origin, today: origin, words: null };
  const age = ages[state] === 1 ? '1 day' : `${ages[state]} days`;
  return {
    origin,
    today: dateAfter(origin, ages[state]),
    words: `The forecast was made ${age} ago: what was sold since is not in it. ${make}`,
  };
}

const measures = (wape: number, attainable: number): Series['measures'] => ({
  ...{ tests: 26, wape, mase: wape * 4, bias: -0.031, mape: null, coverage: 0.88, attainable },
});

function seriesOf(key: string, name: string | null, daily: number, days: number, wape: number): Series {
  const range = (day: number) => ({ mean: daily * day, low: daily * day * (1 - wape), high: daily * day * (1 + 2 * wape) });
  return { key, name, class: 'smooth', method: 'blend', ...range(days), measures: measures(wape, wape * 0.9), course: null };
}

const categories: readonly (readonly [key: string, daily: number])[] = [
  ['Kitchen', 61.3],
  ['Light', 22.4],
  ['', 0.4],
];
const products = Array.from({ length: 60 }, (_, place) => ({
  key: `P-${String(place + 1).padStart(3, '0')}`,
  name: place === 1 ? null : `White hanging heart T-light holder ${place + 1}`,
  daily: 9 / (place + 1),
}));

/** As the service words it. Parsed, so that a test never runs on what the contract would refuse. */
export function demandOf(shop: string, state: FakeDemand, level: DemandLevel, days: number, key: string | undefined): DemandAnswer {
  const all =
    level === 'category'
      ? categories.map(([name, daily]) => seriesOf(name, null, daily, days, 0.104))
      : products.map((each) => seriesOf(each.key, each.name, each.daily, days, 0.4));
  const series = all
    .filter((each) => key === undefined || each.key === key)
    .map((each) => {
      if (key === undefined) return each;
      const share = (units: number, day: number): number => (units * (day + 1)) / days;
      const { mean, low, high } = each;
      const course = Array.from({ length: days }, (_, day) => ({
        ...{ date: dateAfter(origin, day), mean: share(mean, day), low: share(low, day), high: share(high, day) },
      }));
      return { ...each, course };
    });
  const none = state === 'none';
  return demandAnswer.parse({
    ...{ shop, ...aboutOf(shop, state), days, publishedAt: none ? null : '2011-12-09T01:00:00.000Z' },
    series: none ? [] : series,
  });
}

/** The first product is short, the second covered, the third sold more than was counted, all others were never counted. */
export function ordersOf(
  shop: string,
  state: FakeDemand,
  plan: Pick<ReorderAnswer, 'leadDays' | 'reviewDays' | 'serviceLevel'>,
): ReorderAnswer {
  const counts = state === 'none' || state === 'uncounted' ? [] : [20, 500, -3];
  const { words } = aboutOf(shop, state);
  return reorderAnswer.parse({
    ...{ shop, origin: state === 'none' ? null : origin, ...plan, words },
    ...{ asOf: '2011-12-09T12:50:00.000Z', generation: '7', watermark: {}, partial: false },
    products: (state === 'none' ? [] : products).map(({ key, name, daily }, place) => {
      const [reorderPoint, orderUpTo] = [plan.leadDays, plan.leadDays + plan.reviewDays].map((days) => Math.ceil(daily * days * 1.5));
      const stock = counts[place] ?? null;
      return {
        ...{ productId: key, name, method: 'blend', reorderPoint, orderUpTo, stock },
        countedAt: stock === null ? null : '2011-12-05T18:00:00.000Z',
        orderQuantity: stock === null ? null : stock > (reorderPoint ?? 0) ? 0 : (orderUpTo ?? 0) - stock,
      };
    }),
  });
}
