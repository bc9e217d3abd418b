export { importFile, type ImportResult } from './import-file.js';
export { Instance } from './instance.js';
export { openTestStack, silent, type TestStack } from './test-stack.js';
export { localStore, type OpenedStore } from './local-parts.js';
