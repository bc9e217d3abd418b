export {
  ConfigError,
  defineSlice,
  envExample,
  readConfig,
  type ConfigSlice,
  type ResolvedConfig,
  type Shape,
  type SliceValues,
} from './config.js';
export { ConfigModule } from './config.module.js';
export { shipped } from './shipped.js';
