import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import {
  DemandRepository,
  EventPathReads,
  EventReads,
  HeadlineReads,
  KpiReads,
  LedgerRepository,
  LiveReads,
  READ_GATE,
  SHOP_DIRECTORY,
  StockReads,
  WatermarkRepository,
  type ReadGate,
  type ShopDirectory,
} from '#warehouse';
import { Module } from '@nestjs/common';
import { AnalyticsController } from './analytics.controller.js';
import { DemandController } from './demand/demand.controller.js';
import { DemandService } from './demand/demand.service.js';
import { EventPathService } from './event-path.service.js';
import { KpiService } from './kpi.service.js';
import { FeedRoom } from './rooms/feed.room.js';
import { HeadlineRoom } from './rooms/headline.room.js';
import { LiveTail } from './rooms/live-tail.js';
import { SeriesRoom } from './rooms/series.room.js';

/** KPIs over REST and as live rooms. Needs the warehouse module. */
@Module({
  controllers: [AnalyticsController, DemandController],
  providers: [
    { provide: KpiReads, inject: [CLICKHOUSE], useFactory: (clickhouse: ClickHouse) => new KpiReads(clickhouse) },
    { provide: EventReads, inject: [CLICKHOUSE], useFactory: (clickhouse: ClickHouse) => new EventReads(clickhouse) },
    {
      provide: EventPathService,
      inject: [CLICKHOUSE, READ_GATE],
      useFactory: (clickhouse: ClickHouse, gate: ReadGate) => new EventPathService(new EventPathReads(clickhouse), gate),
    },
    {
      provide: KpiService,
      inject: [CLICKHOUSE, KpiReads, READ_GATE],
      useFactory: (clickhouse: ClickHouse, reads: KpiReads, gate: ReadGate) =>
        new KpiService(reads, new HeadlineReads(clickhouse, gate), gate),
    },
    {
      provide: LiveTail,
      inject: [CLICKHOUSE, LedgerRepository],
      useFactory: (clickhouse: ClickHouse, ledger: LedgerRepository) => new LiveTail(new LiveReads(clickhouse, ledger.tail)),
    },
    {
      provide: DemandService,
      inject: [CLICKHOUSE, SHOP_DIRECTORY, WatermarkRepository, READ_GATE],
      useFactory: (clickhouse: ClickHouse, shops: ShopDirectory, watermarks: WatermarkRepository, gate: ReadGate) =>
        new DemandService({ shops, demand: new DemandRepository(clickhouse), stock: new StockReads(clickhouse), watermarks, gate }),
    },
    HeadlineRoom,
    SeriesRoom,
    FeedRoom,
  ],
  exports: [KpiService],
})
export class AnalyticsModule {}
