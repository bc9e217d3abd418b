export { readModelDirectory, type TrainedModel } from './model-directory.js';
export { ModelsModule } from './models.module.js';
export { ModelsService, type FitCheck, type ModelsParts } from './models.service.js';
export { shippedBy, ShippedModels } from './shipped-models.js';
