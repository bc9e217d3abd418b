import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { RoomSignals } from '#http';
import { HealthRegistry, LOGGER, Metrics, type Logger } from '#observability';
import { STREAMING, type Streaming } from '#streaming';
import {
  AlertCustomerReads,
  AlertEffectReads,
  AlertLogRepository,
  AlertReads,
  AlertRuleRepository,
  ModelRepository,
  READ_GATE,
  SHOP_DIRECTORY,
  ScoreReads,
  type ReadGate,
  type ShopDirectory,
} from '#warehouse';
import { Module } from '@nestjs/common';
import { AlertsMetrics } from './alerts.metrics.js';
import { clockBy } from './clock-by.js';
import { EffectService } from './effect/effect.service.js';
import { AlertsService } from './owner/alerts.service.js';
import { scoredUntilBy } from './owner/scored-until.js';
import { AlertCommands } from './read/alert-commands.js';
import { AlertsController } from './read/alerts.controller.js';
import { AlertsQueries } from './read/alerts.queries.js';
import { AlertsRoom } from './read/alerts.room.js';
import { RulesController } from './rules/rules.controller.js';
import { RulesService } from './rules/rules.service.js';

/** Alerts over REST and as a live room, in whatever process. Commands go out on the topic; nothing here decides. */
@Module({
  controllers: [AlertsController, RulesController],
  providers: [
    { provide: AlertReads, inject: [CLICKHOUSE], useFactory: (clickhouse: ClickHouse) => new AlertReads(clickhouse) },
    { provide: AlertsQueries, inject: [AlertReads], useFactory: (reads: AlertReads) => new AlertsQueries(reads) },
    {
      provide: AlertCommands,
      inject: [STREAMING, AlertReads, AlertsQueries, READ_GATE],
      useFactory: (streaming: Streaming, reads: AlertReads, queries: AlertsQueries, gate: ReadGate) =>
        new AlertCommands({ streaming, reads, queries, clock: clockBy(gate) }),
    },
    {
      provide: RulesService,
      inject: [CLICKHOUSE, READ_GATE],
      useFactory: (clickhouse: ClickHouse, gate: ReadGate) => new RulesService(new AlertRuleRepository(clickhouse), clockBy(gate)),
    },
    {
      provide: EffectService,
      inject: [CLICKHOUSE, READ_GATE],
      useFactory: (clickhouse: ClickHouse, gate: ReadGate) => new EffectService(new AlertEffectReads(clickhouse), gate),
    },
    AlertsRoom,
  ],
})
export class AlertsReadModule {}

/** The owner of alerts of every shop. Started and stopped by the app, after the pipelines and before them. */
@Module({
  providers: [
    {
      provide: AlertsService,
      inject: [CLICKHOUSE, STREAMING, SHOP_DIRECTORY, READ_GATE, Metrics, LOGGER, HealthRegistry, { token: RoomSignals, optional: true }],
      useFactory: (
        clickhouse: ClickHouse,
        streaming: Streaming,
        shops: ShopDirectory,
        gate: ReadGate,
        metrics: Metrics,
        logger: Logger,
        health: HealthRegistry,
        signals?: RoomSignals,
      ) => {
        const service = new AlertsService(shops, {
          streaming,
          logger,
          log: new AlertLogRepository(clickhouse),
          rules: new AlertRuleRepository(clickhouse),
          customers: new AlertCustomerReads(clickhouse),
          metrics: new AlertsMetrics(metrics),
          shared: clickhouse.shared,
          clock: clockBy(gate),
          scoredUntil: scoredUntilBy(new ModelRepository(clickhouse), new ScoreReads(clickhouse)),
          moved: (shop) => signals?.moved(shop, 'alerts'),
        });
        health.register('alerts', () => {
          const stuck = service.owners.filter(({ state }) => state !== 'running' && state !== 'starting');
          const faults = [
            ...stuck.map(({ shop, state }) => `${shop.shop}: ${state}`),
            ...service.failed.map((shop) => `${shop}: could not start`),
          ];
          return { ready: faults.length === 0, detail: faults.join(', ') || `${service.owners.length} shops have an owner of alerts` };
        });
        return service;
      },
    },
  ],
  exports: [AlertsService],
})
export class AlertsOwnerModule {}
