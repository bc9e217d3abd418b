import { AlarmsModule } from '#alarms';
import { AlertsOwnerModule } from '#alerts';
import type { ClickHouse } from '#clickhouse';
import { ConfigModule, type ResolvedConfig } from '#config';
import { AlarmOutboxModule, DeliveryModule } from '#delivery';
import { TopicRefreshClaim } from '#ingestion';
import { ObservabilityModule, type Logger } from '#observability';
import { ScorerModule } from '#scoring';
import { StreamingModule, type Streaming } from '#streaming';
import { WarehouseModule } from '#warehouse';
import { Module, type DynamicModule } from '@nestjs/common';

/** Decisions on customers, the alerts that follow from them and their delivery, and what they say of themselves. */
@Module({})
export class ScorerAppModule {
  static forRoot(parts: {
    config: ResolvedConfig;
    logger: Logger;
    clickhouse: ClickHouse;
    streaming: Streaming;
    claimedBy: string;
  }): DynamicModule {
    return {
      module: ScorerAppModule,
      imports: [
        ConfigModule.forRoot(parts.config),
        ObservabilityModule.forRoot(parts.logger),
        WarehouseModule.forRoot(parts.clickhouse),
        StreamingModule.forRoot(parts.streaming),
        AlarmsModule.forRoot({ process: parts.claimedBy, teller: AlarmOutboxModule }),
        AlertsOwnerModule,
        DeliveryModule.forRoot({ claimOf: (streaming, { shop }) => new TopicRefreshClaim(shop, streaming, parts.claimedBy, 'sender') }),
        ScorerModule.forRoot({ claimOf: (streaming, { shop }) => new TopicRefreshClaim(shop, streaming, parts.claimedBy, 'scorer') }),
      ],
    };
  }
}
