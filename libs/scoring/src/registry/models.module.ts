import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { LOGGER, type Logger } from '#observability';
import { ModelRepository, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Module } from '@nestjs/common';
import { openModel, openValueModel } from '../engine/index.js';
import { ModelsController, ShopModelsController } from './models.controller.js';
import { ModelsService, type FitCheck } from './models.service.js';
import { ShippedModels } from './shipped-models.js';

/** Opened as they are to be asked: what would be refused then is refused here. */
const refuseUnfit: FitCheck = async (model) => {
  const { manifest } = model;
  await (await (manifest.kind === 'clv' ? openValueModel({ ...model, manifest }) : openModel(model))).close();
};

/** The registry over REST, and what comes with the program. Needs the warehouse module. */
@Module({
  controllers: [ModelsController, ShopModelsController],
  providers: [
    { provide: ModelRepository, inject: [CLICKHOUSE], useFactory: (clickhouse: ClickHouse) => new ModelRepository(clickhouse) },
    {
      provide: ModelsService,
      inject: [ModelRepository, SHOP_DIRECTORY],
      useFactory: (models: ModelRepository, shops: ShopDirectory) => new ModelsService({ models, shops, refuseUnfit }),
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
