import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { FeatureReads, ModelRepository, READ_GATE, type ReadGate } from '#warehouse';
import { Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { ModelsModule } from '../registry/index.js';
import { ValuesController } from './values.controller.js';
import { ValuesService } from './values.service.js';

/** Predicted values over REST. Needs the warehouse module. */
@Module({
  imports: [ModelsModule],
  controllers: [ValuesController],
  providers: [
    {
      provide: ValuesService,
      inject: [CLICKHOUSE, READ_GATE, ModelRepository],
      useFactory: (clickhouse: ClickHouse, gate: ReadGate, models: ModelRepository) =>
        new ValuesService({ gate, models, features: new FeatureReads(clickhouse) }),
    },
  ],
})
export class ValuesModule implements OnModuleDestroy {
  constructor(@Inject(ValuesService) private readonly values: ValuesService) {}

  onModuleDestroy(): Promise<void> {
    return this.values.close();
  }
}
