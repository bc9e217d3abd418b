export { importFile, type ImportResult } from './import-file.js';
export { runCli, type CliResult } from './run-cli.js';
export { Instance } from './instance.js';
export { pythonWithClickHouseConnect, runPython } from './python-client.js';
export { ProductProcess } from './product-process.js';
export { openTestStack, silent, type TestStack } from './test-stack.js';
export { localStore, openTestBroker, type OpenedStore, type TestBroker } from './local-parts.js';
