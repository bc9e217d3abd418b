import { Module, type DynamicModule } from '@nestjs/common';
import { HealthRegistry } from './health.js';
import { LOGGER, type Logger } from './logger.js';
import { Metrics } from './metrics.js';
import { ObservabilityController } from './observability.controller.js';

/** Logs, metrics and health for every module of a process. */
@Module({})
export class ObservabilityModule {
  static forRoot(logger: Logger): DynamicModule {
    return {
      module: ObservabilityModule,
      global: true,
      controllers: [ObservabilityController],
      providers: [{ provide: LOGGER, useValue: logger }, Metrics, HealthRegistry],
      exports: [LOGGER, Metrics, HealthRegistry],
    };
  }
}
