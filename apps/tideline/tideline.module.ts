import { AlarmsModule, AlarmsReadModule } from '#alarms';
import { AlertsOwnerModule, AlertsReadModule, BacktestModule } from '#alerts';
import { AnalyticsModule } from '#analytics';
import type { ClickHouse } from '#clickhouse';
import { ConfigModule, type ResolvedConfig } from '#config';
import { AlarmOutboxModule, DeliveryModule, DeliveryReadModule } from '#delivery';
import { HttpModule, type Principals } from '#http';
import { IngestionModule, TopicRefreshClaim, type TruncationPolicy } from '#ingestion';
import { ObservabilityModule, type Logger } from '#observability';
import { RealtimeModule } from '#realtime';
import { ReplayIntakeModule, ReplayModule } from '#replay';
import { ModelsModule, PastScores, PastScoresModule, ScoreboardModule, ScorerModule, ScoresModule, ValuesModule } from '#scoring';
import { SimulationModule, type SimulatorOptions } from '#simulation';
import { StreamingModule, type Streaming } from '#streaming';
import { WarehouseModule } from '#warehouse';
import { Module, type DynamicModule } from '@nestjs/common';

/** Everything in one process. */
@Module({})
export class TidelineModule {
  static forRoot(parts: {
    config: ResolvedConfig;
    logger: Logger;
    principals: Principals;
    clickhouse: ClickHouse;
    streaming: Streaming;
    onTruncation: TruncationPolicy;
    /** Absent: no simulated shop. */
    simulator: SimulatorOptions | undefined;
  }): DynamicModule {
    const claimedBy = `tideline ${process.pid}`;
    return {
      module: TidelineModule,
      imports: [
        ConfigModule.forRoot(parts.config),
        ObservabilityModule.forRoot(parts.logger),
        HttpModule.forRoot(parts.principals),
        WarehouseModule.forRoot(parts.clickhouse),
        StreamingModule.forRoot(parts.streaming),
        ReplayIntakeModule.forRoot(),
        AlarmsModule.forRoot({ process: claimedBy, teller: AlarmOutboxModule }),
        AlarmsReadModule,
        IngestionModule.forRoot({ onTruncation: parts.onTruncation, claimedBy }),
        AnalyticsModule,
        AlertsOwnerModule,
        AlertsReadModule,
        // On a server other processes may send as well.
        DeliveryModule.forRoot(
          parts.clickhouse.shared ? { claimOf: (streaming, { shop }) => new TopicRefreshClaim(shop, streaming, claimedBy, 'sender') } : {},
        ),
        DeliveryReadModule,
        BacktestModule.forRoot(PastScoresModule, PastScores),
        ReplayModule,
        ModelsModule,
        ScorerModule.forRoot(),
        ScoresModule,
        ScoreboardModule,
        ValuesModule,
        RealtimeModule,
        ...(parts.simulator ? [SimulationModule.forRoot(parts.simulator)] : []),
      ],
    };
  }
}
