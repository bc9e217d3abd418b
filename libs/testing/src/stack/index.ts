export { importFile, type ImportResult } from './import-file.js';
export { Instance } from './instance.js';
export { ProductProcess } from './product-process.js';
export { kafkaJars, kafkaLogging } from './local-parts.js';
export { openTestStack, silent, type TestStack } from './test-stack.js';
export { localStore, type OpenedStore } from './local-parts.js';
