import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { HealthRegistry, LOGGER, Metrics, type Logger } from '#observability';
import { STREAMING, type Streaming } from '#streaming';
import {
  FeatureReads,
  LedgerVersionReads,
  MarkOutcomeReads,
  MarkRepository,
  ModelRepository,
  MomentReads,
  READ_GATE,
  ScoreRepository,
  ShopRepository,
  WatermarkRepository,
  type ReadGate,
  type Shop,
} from '#warehouse';
import { Module, type DynamicModule } from '@nestjs/common';
import { ModelWatchService } from '../scoreboard/model-watch.service.js';
import { ScoreboardMetrics } from '../scoreboard/scoreboard.metrics.js';
import { ScorerService } from './scorer.service.js';
import { ScoringMetrics } from './scoring.metrics.js';
import type { ScoringClaim } from './shop-scorer.js';

/** For a process that holds the store's directory: nobody else can be there. */
const soleScorer: ScoringClaim = {
  acquire: () => Promise.resolve(),
  holds: () => Promise.resolve(true),
  release: () => Promise.resolve(),
};

/** Scores the customers of every shop. Started and stopped by the app; needs the warehouse and streaming modules. */
@Module({})
export class ScorerModule {
  /** @param options.claimOf the right to score a shop, where several processes may want to */
  static forRoot(options: { claimOf?: (streaming: Streaming, shop: Shop) => ScoringClaim } = {}): DynamicModule {
    return {
      module: ScorerModule,
      providers: [
        {
          provide: ScorerService,
          inject: [CLICKHOUSE, STREAMING, ShopRepository, READ_GATE, Metrics, LOGGER, HealthRegistry],
          useFactory: (
            clickhouse: ClickHouse,
            streaming: Streaming,
            directory: ShopRepository,
            gate: ReadGate,
            registry: Metrics,
            log: Logger,
            health: HealthRegistry,
          ) => {
            const metrics = new ScoringMetrics(registry);
            const models = new ModelRepository(clickhouse);
            const service = new ScorerService({
              ...{ directory, gate, streaming, metrics, log },
              partsOf: (shop, alarms) => ({
                ...{ gate, metrics, log, alarms },
                scores: new ScoreRepository(clickhouse),
                versions: new LedgerVersionReads(clickhouse),
                moments: new MomentReads(clickhouse),
                models: { roles: (of) => models.rolesOf(of, 'churn'), read: (version) => models.read(version) },
                producer: () => streaming.producer(),
                claim: options.claimOf?.(streaming, shop) ?? soleScorer,
                refused: (customerId, feature) => {
                  metrics.refused(shop.shop, feature);
                  log.warn({ shop: shop.shop, customerId, feature }, 'a customer cannot be scored: his features are no numbers');
                },
              }),
            });
            health.register('scoring', () => {
              const faults = [...service.failing].map(([shop, why]) => `${shop}: ${why}`);
              return { ready: faults.length === 0, detail: faults.join(', ') || `${service.shops} shops` };
            });
            return service;
          },
        },
        {
          provide: ModelWatchService,
          inject: [CLICKHOUSE, ScorerService, ShopRepository, READ_GATE, WatermarkRepository, Metrics, LOGGER],
          useFactory: (
            clickhouse: ClickHouse,
            scorers: ScorerService,
            directory: ShopRepository,
            gate: ReadGate,
            watermarks: WatermarkRepository,
            registry: Metrics,
            log: Logger,
          ) => {
            const metrics = new ScoreboardMetrics(registry);
            const models = new ModelRepository(clickhouse);
            return new ModelWatchService({
              ...{ directory, log },
              scores: (shop) => scorers.scores(shop),
              partsOf: (_shop, alarms) => ({
                ...{ gate, watermarks, metrics, alarms, log },
                features: new FeatureReads(clickhouse, 'background'),
                marks: new MarkRepository(clickhouse),
                outcomes: new MarkOutcomeReads(clickhouse),
                models: { roles: (of) => models.rolesOf(of, 'churn'), read: (version) => models.read(version) },
              }),
            });
          },
        },
      ],
      exports: [ScorerService, ModelWatchService],
    };
  }
}
