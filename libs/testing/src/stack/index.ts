export { importFile, importFiles, type ImportResult } from './import-file.js';
export { runCli, type CliResult } from './run-cli.js';
export { Instance } from './instance.js';
export { pythonWithClickHouseConnect, runPython } from './python-client.js';
export { ProductProcess, type ProcessName } from './product-process.js';
export { HeldStore, writeOf, type Held } from './held-store.js';
export { openTestStack, silent, type TestStack } from './test-stack.js';
export { kafkaVersion, localStore, openTestBroker, type OpenedStore, type TestBroker } from './local-parts.js';
export { MountRefused, SmallDisk } from './small-disk.js';
