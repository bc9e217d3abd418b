export { ImportError, type ImportErrorCode } from './importing.errors.js';
export { buildEvents, type OutgoingEvent } from './events.js';
export type { Collected, Document } from './documents.js';
export { shopConfig } from './importing.config.js';
export { loadMapping, parseMapping, type Mapping, type ShopDefaults } from './mapping.js';
export { InstanceClient } from './instance-client.js';
export { readFiles, type ReadOptions } from './read-files.js';
export { runImport, type ImportOutcome, type ImportPhase, type ImportRunOptions } from './import-run.js';
