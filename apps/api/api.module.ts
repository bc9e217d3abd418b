import { AlarmsModule, AlarmsReadModule } from '#alarms';
import { AlertsReadModule, BacktestModule } from '#alerts';
import { AnalyticsModule } from '#analytics';
import type { ClickHouse } from '#clickhouse';
import { ConfigModule, type ResolvedConfig } from '#config';
import { AlarmOutboxModule, DeliveryReadModule } from '#delivery';
import { HttpModule, type Principals } from '#http';
import { PipelineReadModule } from '#ingestion';
import { ObservabilityModule, type Logger } from '#observability';
import { RealtimeModule } from '#realtime';
import { ReplayIntakeModule, ReplayModule } from '#replay';
import { ModelsModule, PastScores, PastScoresModule, ScoreboardModule, ScoresModule, ValuesModule } from '#scoring';
import { StreamingModule, type Streaming } from '#streaming';
import { WarehouseModule } from '#warehouse';
import { Module, type DynamicModule } from '@nestjs/common';

/** Figures, live rooms and pipelines; nothing is ingested here. */
@Module({})
export class ApiModule {
  static forRoot(parts: {
    config: ResolvedConfig;
    logger: Logger;
    principals: Principals;
    clickhouse: ClickHouse;
    streaming: Streaming;
    claimedBy: string;
  }): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        ConfigModule.forRoot(parts.config),
        ObservabilityModule.forRoot(parts.logger),
        HttpModule.forRoot(parts.principals),
        WarehouseModule.forRoot(parts.clickhouse),
        StreamingModule.forRoot(parts.streaming),
        ReplayIntakeModule.forRoot(),
        AlarmsModule.forRoot({ process: parts.claimedBy, teller: AlarmOutboxModule }),
        AlarmsReadModule,
        PipelineReadModule,
        AnalyticsModule,
        AlertsReadModule,
        DeliveryReadModule,
        BacktestModule.forRoot(PastScoresModule, PastScores),
        ReplayModule,
        ModelsModule,
        ScoresModule,
        ScoreboardModule,
        ValuesModule,
        RealtimeModule,
      ],
    };
  }
}
