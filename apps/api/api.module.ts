import { AnalyticsModule } from '#analytics';
import type { ClickHouse } from '#clickhouse';
import { ConfigModule, type ResolvedConfig } from '#config';
import { PipelineReadModule } from '#ingestion';
import { ObservabilityModule, type Logger } from '#observability';
import { StreamingModule, type Streaming } from '#streaming';
import { WarehouseModule } from '#warehouse';
import { Module, type DynamicModule } from '@nestjs/common';

/** Figures and pipelines over REST; nothing is ingested here. */
@Module({})
export class ApiModule {
  static forRoot(parts: { config: ResolvedConfig; logger: Logger; clickhouse: ClickHouse; streaming: Streaming }): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        ConfigModule.forRoot(parts.config),
        ObservabilityModule.forRoot(parts.logger),
        WarehouseModule.forRoot(parts.clickhouse),
        StreamingModule.forRoot(parts.streaming),
        PipelineReadModule,
        AnalyticsModule,
      ],
    };
  }
}
