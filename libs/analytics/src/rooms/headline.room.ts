import type { RoomQuery } from '#contracts';
import { LiveRoom, Roles, type RoomAnswer, type RoomReader } from '#http';
import { findShop, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Inject } from '@nestjs/common';
import { KpiService } from '../kpi.service.js';
import { LiveTail } from './live-tail.js';

/** The tiles: a period so far against the stretch before it, and the pace of orders. */
@LiveRoom({ name: 'headline' })
@Roles('viewer')
export class HeadlineRoom implements RoomReader<'headline'> {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(KpiService) private readonly kpis: KpiService,
    @Inject(LiveTail) private readonly tail: LiveTail,
  ) {}

  async read(name: string, query: RoomQuery<'headline'>): Promise<RoomAnswer<'headline'>> {
    const shop = await findShop(this.shops, name);
    const { asOf, generation, watermark, partial, ordersPerShopHour, ...figures } = await this.kpis.headline(shop, query);
    const { newestAt, ordersPerRealMinute } = await this.tail.at(shop, { generation, watermark, clock: asOf });
    return {
      data: { ...figures, pace: { ordersPerShopHour, ordersPerRealMinute } },
      stamp: { asOf, generation, watermark, partial },
      newestAt,
    };
  }
}
