import { ConfigModule, type ResolvedConfig } from '#config';
import { ObservabilityModule, type Logger } from '#observability';
import { SimulationModule, type SimulatorOptions } from '#simulation';
import { StreamingModule, type Streaming } from '#streaming';
import { Module, type DynamicModule } from '@nestjs/common';

/** The simulated shop, and what it says of itself. */
@Module({})
export class SimulatorModule {
  static forRoot(parts: { config: ResolvedConfig; logger: Logger; streaming: Streaming; simulator: SimulatorOptions }): DynamicModule {
    return {
      module: SimulatorModule,
      imports: [
        ConfigModule.forRoot(parts.config),
        ObservabilityModule.forRoot(parts.logger),
        StreamingModule.forRoot(parts.streaming),
        SimulationModule.forRoot(parts.simulator),
      ],
    };
  }
}
