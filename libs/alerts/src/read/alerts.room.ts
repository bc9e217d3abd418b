import type { RoomQuery } from '#contracts';
import { LiveRoom, Roles, type RoomAnswer, type RoomReader } from '#http';
import { AlertReads, findShop, READ_GATE, SHOP_DIRECTORY, whileMade, type ReadGate, type ShopDirectory } from '#warehouse';
import { Inject } from '@nestjs/common';
import { shownAlert, shownCounts } from './shown.js';

/** Open alerts, the newest or the most at stake first, and how many there are of each state: read whenever the owner has decided something. */
@LiveRoom({ name: 'alerts', onMove: 'alerts' })
@Roles('operator')
export class AlertsRoom implements RoomReader<'alerts'> {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(READ_GATE) private readonly gate: ReadGate,
    @Inject(AlertReads) private readonly reads: AlertReads,
  ) {}

  async read(name: string, { limit, sort }: RoomQuery<'alerts'>): Promise<RoomAnswer<'alerts'>> {
    const shop = await findShop(this.shops, name);
    // Alerts are not of a generation of figures: the stamp only says what time it is in the shop.
    const { stamp } = await this.gate.read(shop, () => Promise.resolve(), 'live');
    const { clock: asOf, generation, watermark, partial } = stamp;
    const [bodies, counts] = await Promise.all([
      this.reads.page(shop, { states: ['open'] }, { sort, limit, before: undefined }),
      this.reads.counts(shop, {}),
    ]).catch((error: unknown) => {
      throw generation === '0' ? whileMade(shop, error) : error;
    });
    return {
      data: { currency: shop.currency, timeZone: shop.timeZone, counts: shownCounts(counts), items: bodies.map(shownAlert) },
      stamp: { asOf, generation, watermark: { ...watermark }, partial },
    };
  }
}
