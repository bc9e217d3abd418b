import { REAL_CLOCK, systemClock, type RealClock } from '#clock';
import { HealthRegistry, LOGGER, Metrics, type HealthReport, type Logger } from '#observability';
import { STREAMING, type Streaming } from '#streaming';
import { Module, type DynamicModule } from '@nestjs/common';
import { SimulatorService, type SimulatorOptions, type SimulatorState } from './live/simulator.service.js';
import { SimulationMetrics } from './simulation.metrics.js';

/** A simulated shop on the broker. Started and stopped by the app, in the order its list says. */
@Module({})
export class SimulationModule {
  static forRoot(options: SimulatorOptions): DynamicModule {
    return {
      module: SimulationModule,
      providers: [
        { provide: REAL_CLOCK, useValue: systemClock },
        {
          provide: SimulatorService,
          inject: [STREAMING, REAL_CLOCK, LOGGER, HealthRegistry, Metrics],
          useFactory: (streaming: Streaming, clock: RealClock, log: Logger, health: HealthRegistry, metrics: Metrics) => {
            const measured = new SimulationMetrics(metrics);
            const onMoved = (through: number, sent: number): void => measured.moved(options.shop, through, sent);
            const service = new SimulatorService(streaming, clock, log, { ...options, onMoved });
            health.register('simulator', () => healthOf(options.shop, service.state));
            return service;
          },
        },
      ],
      exports: [SimulatorService],
    };
  }
}

/** A world that stands still because it was told to is well; one that failed is not. */
export function healthOf(shop: string, { phase, through, error }: SimulatorState): HealthReport {
  const why = error instanceof Error ? `, ${error.message}` : '';
  return {
    ready: phase === 'history' || phase === 'live' || phase === 'ended',
    detail: `${shop}: ${phase} at ${new Date(through).toISOString()}${why}`,
  };
}
