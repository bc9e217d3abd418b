import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { LOGGER, type Logger } from '#observability';
import { ModelRepository, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Module } from '@nestjs/common';
import { openModel } from '../engine/index.js';
import { ModelsController, ShopModelsController } from './models.controller.js';
import { ModelsService } from './models.service.js';
import { ShippedModels } from './shipped-models.js';

/** The registry over REST, and what comes with the program. Needs the warehouse module. */
@Module({
  controllers: [ModelsController, ShopModelsController],
  providers: [
    { provide: ModelRepository, inject: [CLICKHOUSE], useFactory: (clickhouse: ClickHouse) => new ModelRepository(clickhouse) },
    {
      provide: ModelsService,
      inject: [ModelRepository, SHOP_DIRECTORY],
      useFactory: (models: ModelRepository, shops: ShopDirectory) =>
        // Opened as the scorer does: what it would refuse is refused here.
        new ModelsService({ models, shops, refuseUnfit: async (model) => (await openModel(model)).close() }),
    },
    {
      provide: ShippedModels,
      inject: [ModelsService, ModelRepository, SHOP_DIRECTORY, LOGGER],
      useFactory: (service: ModelsService, models: ModelRepository, shops: ShopDirectory, log: Logger) =>
        new ShippedModels(service, models, shops, log),
    },
  ],
  exports: [ModelRepository, ModelsService, ShippedModels],
})
export class ModelsModule {}
