import { Alarms } from '#alarms';
import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import type { SliceValues } from '#config';
import { HealthRegistry, LOGGER, Metrics, type Logger } from '#observability';
import { STREAMING, type Streaming } from '#streaming';
import { LedgerRepository, ShopGate, ShopRepository } from '#warehouse';
import { Module, type DynamicModule } from '@nestjs/common';
import { claimsOver } from './claim/claims.js';
import { ingestionConfig } from './ingestion.config.js';
import { IngestionMetrics } from './ingestion.metrics.js';
import { IngestionService } from './ingestion.service.js';
import type { TruncationPolicy } from './ledger/known-topics.js';
import { OperationsController } from './operations.controller.js';
import { SANDBOX_INTAKE, type SandboxIntake } from './intake.js';
import { PipelineController } from './pipeline.controller.js';
import { PipelineRoom } from './pipeline.room.js';
import { PIPELINES } from './pipelines.js';

type Config = SliceValues<(typeof ingestionConfig)['shape']>;

/** Kafka -> ledger -> figures, for every shop. Needs the alarms module. Started and stopped by the app, in the order its list says. */
@Module({})
export class IngestionModule {
  /** @param options.shared other processes may read the same shops: partitions are shared by the group, and one of them refreshes */
  static forRoot(options: { onTruncation: TruncationPolicy; claimedBy: string; shared?: boolean }): DynamicModule {
    return {
      module: IngestionModule,
      controllers: [PipelineController, OperationsController],
      providers: [
        PipelineRoom,
        {
          provide: IngestionService,
          inject: [
            CLICKHOUSE,
            STREAMING,
            ShopRepository,
            LedgerRepository,
            ShopGate,
            Alarms,
            Metrics,
            LOGGER,
            HealthRegistry,
            ingestionConfig.token,
            { token: SANDBOX_INTAKE, optional: true },
          ],
          useFactory: (
            clickhouse: ClickHouse,
            streaming: Streaming,
            shops: ShopRepository,
            ledger: LedgerRepository,
            gate: ShopGate,
            alarms: Alarms,
            metrics: Metrics,
            log: Logger,
            health: HealthRegistry,
            config: Config,
            sandboxes?: SandboxIntake,
          ) => {
            const service = new IngestionService(
              shops,
              { clickhouse, streaming, shops, ledger, gate, alarms, metrics: new IngestionMetrics(metrics), sandboxes, log },
              {
                refreshMs: config.TIDELINE_REFRESH_MS,
                refreshRows: config.TIDELINE_REFRESH_ROWS,
                auditMs: config.TIDELINE_AUDIT_MS,
                lagMs: config.TIDELINE_LAG_MS,
                onTruncation: options.onTruncation,
                claimedBy: options.claimedBy,
                ...(options.shared ? { claimOf: claimsOver(streaming, options.claimedBy) } : {}),
              },
            );
            health.register('ingestion', () => {
              const stuck = service.pipelines.filter((pipeline) => !pipeline.ready);
              const faults = [
                ...stuck.map((pipeline) => `${pipeline.shop.shop}: ${pipeline.state}`),
                ...service.failed.map((shop) => `${shop}: could not start, see the alarm start-failed`),
              ];
              return { ready: faults.length === 0, detail: faults.join(', ') || `${service.pipelines.length} shops are read` };
            });
            return service;
          },
        },
        { provide: PIPELINES, useExisting: IngestionService },
      ],
      exports: [IngestionService],
    };
  }
}
