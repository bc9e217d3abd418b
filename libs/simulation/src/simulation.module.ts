import { REAL_CLOCK, systemClock, type RealClock } from '#clock';
import { LOGGER, type Logger } from '#observability';
import { STREAMING, type Streaming } from '#streaming';
import { Module, type DynamicModule } from '@nestjs/common';
import { SimulatorService, type SimulatorOptions } from './live/simulator.service.js';

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
          inject: [STREAMING, REAL_CLOCK, LOGGER],
          useFactory: (streaming: Streaming, clock: RealClock, log: Logger) => new SimulatorService(streaming, clock, log, options),
        },
      ],
      exports: [SimulatorService],
    };
  }
}
