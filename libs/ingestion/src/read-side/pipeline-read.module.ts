import { HealthRegistry, LOGGER, type Logger } from '#observability';
import { STREAMING, type Streaming } from '#streaming';
import { LedgerRepository, ShopRepository, WatermarkRepository } from '#warehouse';
import { Module } from '@nestjs/common';
import { SANDBOX_INTAKE, type SandboxIntake } from '../intake.js';
import { PipelineController } from '../pipeline.controller.js';
import { PipelineRoom } from '../pipeline.room.js';
import { PIPELINES } from '../pipelines.js';
import { StoredPipelines } from './stored-pipelines.js';

/** Shops and pipelines over REST in a process that ingests nothing. Needs the alarms module. Started and stopped by the app. */
@Module({
  controllers: [PipelineController],
  providers: [
    PipelineRoom,
    {
      provide: StoredPipelines,
      inject: [
        ShopRepository,
        WatermarkRepository,
        LedgerRepository,
        STREAMING,
        LOGGER,
        HealthRegistry,
        { token: SANDBOX_INTAKE, optional: true },
      ],
      useFactory: (
        shops: ShopRepository,
        watermarks: WatermarkRepository,
        ledger: LedgerRepository,
        streaming: Streaming,
        log: Logger,
        health: HealthRegistry,
        sandboxes?: SandboxIntake,
      ) => {
        const stored = new StoredPipelines(shops, watermarks, ledger, streaming, log, sandboxes);
        health.register('pipelines', () => {
          const stuck = stored.pipelines.filter((pipeline) => !pipeline.ready);
          return {
            ready: stuck.length === 0,
            detail: stuck.map((pipeline) => `${pipeline.shop.shop}: ${pipeline.state}`).join(', ') || `${stored.pipelines.length} shops`,
          };
        });
        return stored;
      },
    },
    { provide: PIPELINES, useExisting: StoredPipelines },
  ],
})
export class PipelineReadModule {}
