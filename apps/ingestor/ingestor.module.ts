import { AlarmsModule } from '#alarms';
import type { ClickHouse } from '#clickhouse';
import { ConfigModule, type ResolvedConfig } from '#config';
import { AlarmOutboxModule } from '#delivery';
import { IngestionModule } from '#ingestion';
import { ObservabilityModule, type Logger } from '#observability';
import { ReplayIntakeModule } from '#replay';
import { StreamingModule, type Streaming } from '#streaming';
import { WarehouseModule } from '#warehouse';
import { Module, type DynamicModule } from '@nestjs/common';

/** Consumers and refresher, and what they say of themselves. */
@Module({})
export class IngestorModule {
  static forRoot(parts: {
    config: ResolvedConfig;
    logger: Logger;
    clickhouse: ClickHouse;
    streaming: Streaming;
    claimedBy: string;
  }): DynamicModule {
    return {
      module: IngestorModule,
      imports: [
        ConfigModule.forRoot(parts.config),
        ObservabilityModule.forRoot(parts.logger),
        WarehouseModule.forRoot(parts.clickhouse),
        StreamingModule.forRoot(parts.streaming),
        ReplayIntakeModule.forRoot(),
        AlarmsModule.forRoot({ process: parts.claimedBy, teller: AlarmOutboxModule }),
        IngestionModule.forRoot({ onTruncation: 'halt', claimedBy: parts.claimedBy, shared: true }),
      ],
    };
  }
}
