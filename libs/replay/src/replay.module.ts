import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { systemClock } from '#clock';
import { SANDBOX_INTAKE } from '#ingestion';
import { LOGGER, type Logger } from '#observability';
import {
  AlertRuleRepository,
  FingerprintReads,
  LedgerRepository,
  ModelRepository,
  READ_GATE,
  ReplayReads,
  ReplayRepository,
  ScoreReads,
  ShopRepository,
  WatermarkRepository,
  type ReadGate,
} from '#warehouse';
import { Module } from '@nestjs/common';
import { FingerprintService } from './fingerprint.service.js';
import { ReplayController } from './replay.controller.js';
import { ReplayService } from './replay.service.js';
import { ReplayIntake } from './run/replay-intake.js';

/** What feeds sandboxes: for every process that runs pipelines, or shows them. */
@Module({
  providers: [
    {
      provide: SANDBOX_INTAKE,
      inject: [CLICKHOUSE, LedgerRepository, LOGGER],
      useFactory: (clickhouse: ClickHouse, ledger: LedgerRepository, log: Logger) =>
        new ReplayIntake({
          ...{ ledger, log, clock: systemClock, replays: new ReplayRepository(clickhouse), reads: () => new ReplayReads(clickhouse) },
          ...{ rules: new AlertRuleRepository(clickhouse), scores: new ScoreReads(clickhouse) },
        }),
    },
  ],
  exports: [SANDBOX_INTAKE],
})
export class ReplayIntakeModule {
  /** For the whole app: whoever runs pipelines finds it. */
  static forRoot() {
    return { module: ReplayIntakeModule, global: true };
  }
}

/** Replays and fingerprints over REST. Needs the warehouse module. */
@Module({
  controllers: [ReplayController],
  providers: [
    {
      provide: ReplayService,
      inject: [CLICKHOUSE, ShopRepository, WatermarkRepository],
      useFactory: (clickhouse: ClickHouse, shops: ShopRepository, watermarks: WatermarkRepository) =>
        new ReplayService({
          ...{ shops, watermarks, replays: new ReplayRepository(clickhouse), reads: () => new ReplayReads(clickhouse) },
          ...{ models: new ModelRepository(clickhouse), scores: new ScoreReads(clickhouse) },
        }),
    },
    {
      provide: FingerprintService,
      inject: [CLICKHOUSE, READ_GATE],
      useFactory: (clickhouse: ClickHouse, gate: ReadGate) => new FingerprintService(new FingerprintReads(clickhouse), gate),
    },
  ],
  exports: [ReplayService, FingerprintService],
})
export class ReplayModule {}
