export { DirectoryError, noteHolder, releaseDirectory, takeDirectory, type Holder } from './data-directory.js';
export { HealthRegistry, type HealthReport } from './health.js';
export { createLogger, LOGGER, type Logger } from './logger.js';
export { logConfig } from './log.config.js';
export { Metrics } from './metrics.js';
export { ObservabilityModule } from './observability.module.js';
export { Undo } from './undo.js';
export { untilStopped, type Running } from './until-stopped.js';
