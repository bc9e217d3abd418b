export { FaultyClickHouse, type Fault } from './faulty-clickhouse.js';
export { MemoryLog, placeOf, type LogPartition } from './memory-log.js';
export { PipelineProcess, type PipelineProcessOptions } from './pipeline-process.js';
