import { Module, type DynamicModule } from '@nestjs/common';
import type { ResolvedConfig } from './config.js';

/** Gives each slice's values under the slice's token, everywhere. */
@Module({})
export class ConfigModule {
  static forRoot(config: ResolvedConfig): DynamicModule {
    const providers = config.slices.map((slice) => ({ provide: slice.token, useValue: config.get(slice) }));
    return { module: ConfigModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
