import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { EventReads, KpiReads, READ_GATE, type ReadGate } from '#warehouse';
import { Module } from '@nestjs/common';
import { AnalyticsController } from './analytics.controller.js';
import { KpiService } from './kpi.service.js';

/** KPIs over REST. Needs the warehouse module. */
@Module({
  controllers: [AnalyticsController],
  providers: [
    { provide: KpiReads, inject: [CLICKHOUSE], useFactory: (clickhouse: ClickHouse) => new KpiReads(clickhouse) },
    { provide: EventReads, inject: [CLICKHOUSE], useFactory: (clickhouse: ClickHouse) => new EventReads(clickhouse) },
    { provide: KpiService, inject: [KpiReads, READ_GATE], useFactory: (reads: KpiReads, gate: ReadGate) => new KpiService(reads, gate) },
  ],
  exports: [KpiService],
})
export class AnalyticsModule {}
