import './demand.css';
import { demandAnswer, reorderAnswer, type DemandAnswer } from '#contracts';
import { Skeleton } from '@mantine/core';
import { shopPath } from '../data/paths.js';
import { useResource } from '../data/use-resource.js';
import { dateText } from '../format/times.js';
import { IconClockExclamation, IconInfoCircle } from '../icons.js';
import { useRooms } from '../live/use-live.js';
import { TroubleNote } from '../shell/region.js';
import { Remark, WithCommands } from '../shell/remark.js';
import { useView } from '../shell/use-view.js';
import { plainQueries } from '../view/queries.js';
import { addDays } from '../view/view.js';
import { Categories } from './categories.js';
import { Course } from './course.js';
import { Horizons, Plan } from './plan.js';
import { Products } from './products.js';

/** A forecast is of a day; what lies in stock moves with each sale. */
const [forecastMs, stockMs] = [60_000, 15_000];

/** What will be sold, how far that can be trusted, and what to order. @param shop null: not known yet which one */
export default function DemandPage({ shop }: { readonly shop: string | null }) {
  const [{ days, lead, review, service, short, series }] = useView();
  useRooms(shop, plainQueries);
  const path = (rest: string, query: Parameters<typeof shopPath>[2]): string | null => (shop === null ? null : shopPath(shop, rest, query));
  const categories = useResource(path('demand', { level: 'category', days }), demandAnswer, { everyMs: forecastMs });
  const products = useResource(path('demand', { level: 'product', days }), demandAnswer, { everyMs: forecastMs });
  const orders = useResource(path('demand/reorder', { leadDays: lead, reviewDays: review, serviceLevel: service }), reorderAnswer, {
    everyMs: stockMs,
  });
  const known = categories.data;
  const largest = known?.series[0];
  const shown = series ?? (largest ? ({ level: 'category', key: largest.key } as const) : null);
  return (
    <div className="demand">
      <section className="headline" aria-labelledby="title">
        <div className="title">
          <h1 id="title">Demand</h1>
          <p>{known?.origin ? `Units that will be sold from ${dateText(known.origin)} on` : 'Units that will be sold'}</p>
        </div>
        {categories.trouble && <TroubleNote trouble={categories.trouble} />}
        {known?.words && (
          <Remark icon={isStale(known) ? IconClockExclamation : IconInfoCircle} warns={isStale(known)} testid="demand-words">
            <WithCommands words={known.words} />
          </Remark>
        )}
        {known?.origin !== null && <Horizons days={days} />}
      </section>
      {known === null && !categories.trouble && <Skeleton height={320} aria-hidden />}
      {known?.origin && (
        <>
          {shown && <Course shop={known.shop} days={days} series={shown} name={nameOf(shown, products.data)} />}
          <Categories answer={known} chosen={shown} />
          <Products
            answer={products.data}
            trouble={products.trouble ?? orders.trouble}
            orders={orders.data}
            chosen={shown}
            short={short}
            aside={<Plan lead={lead} review={review} service={service} />}
          />
        </>
      )}
    </div>
  );
}

/** A forecast is of a day, and made in it: one of yesterday may be the newest there can be, an older one is not. */
function isStale({ origin, today }: DemandAnswer): boolean {
  return origin !== null && today !== null && today > addDays(origin, 1);
}

/** How a series is called: a product by its name where it has one. */
function nameOf({ level, key }: { readonly level: string; readonly key: string }, products: DemandAnswer | null): string {
  const named = level === 'product' ? products?.series.find((each) => each.key === key)?.name : null;
  return named ?? (key || 'unknown');
}
