import { Zone } from '#clock';
import type { RoomQuery, SeriesAnswer } from '#contracts';
import { LiveRoom, Roles, type RoomAnswer, type RoomReader } from '#http';
import { findShop, READ_GATE, SHOP_DIRECTORY, type ReadGate, type ShopDirectory } from '#warehouse';
import { Inject } from '@nestjs/common';
import { KpiService } from '../kpi.service.js';
import { liveGrain, livePeriod } from '../live-period.js';

/** The curve of a period, up to the bucket in which the shop's clock stands. */
@LiveRoom({ name: 'series' })
@Roles('viewer')
export class SeriesRoom implements RoomReader<'series'> {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(KpiService) private readonly kpis: KpiService,
    @Inject(READ_GATE) private readonly gate: ReadGate,
  ) {}

  async read(name: string, query: RoomQuery<'series'>): Promise<RoomAnswer<'series'>> {
    const shop = await findShop(this.shops, name);
    const zone = new Zone(shop.timeZone);
    const { value: clock } = await this.gate.read(
      shop,
      (stamp) => Promise.resolve(stamp.clock === null ? null : Date.parse(stamp.clock)),
      'live',
    );
    const { range } = livePeriod(query, clock, zone);
    const grain = liveGrain(query, range);
    const { asOf, generation, watermark, partial, points, ...head } = await this.kpis.series(
      shop,
      {
        ...(range.from === null ? {} : { from: new Date(range.from).toISOString() }),
        ...(range.to === null ? {} : { to: new Date(range.to).toISOString() }),
        grain,
        refunds: 'refund-date',
      },
      'live',
    );
    const now = asOf === null ? Infinity : Date.parse(asOf);
    return {
      data: {
        currency: head.currency,
        timeZone: shop.timeZone,
        grain: head.grain,
        from: head.from,
        to: head.to,
        // Buckets of today that have not begun would read as a fall to zero. What is a moment ahead of the clock is in the tiles, and here.
        points: query.period === 'custom' ? points : points.filter((point) => Date.parse(point.bucket) <= now || holdsAnything(point)),
      },
      stamp: { asOf, generation, watermark, partial },
    };
  }
}

function holdsAnything({ orders, grossSales, discounts, returns }: SeriesAnswer['points'][number]): boolean {
  return orders > 0 || [grossSales, discounts, returns].some((amount) => Number(amount) !== 0);
}
