export { ValuesModule } from './values.module.js';
export { ValuesService, type ValuesParts } from './values.service.js';
