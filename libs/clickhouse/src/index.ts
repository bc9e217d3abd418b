export { CLICKHOUSE, onLane, unitOver, type ClickHouse, type Lane, type RowFormat, type UnitOfWork } from './clickhouse.js';
export { ClickHouseFault, type ClickHouseErrorCode } from './clickhouse.errors.js';
export { openEmbedded, type EmbeddedClickHouse } from './embedded-engine.js';
export { serveHttp, type HttpEndpoint, type ListenerOptions, type ServeOptions } from './http/serve-http.js';
export { openServer } from './server-engine.js';
export { migrate, pendingMigrations, readMigrations, systemDatabase, type Migration, type MigrationScope } from './migrator.js';
export { ident, join, Sql, sql, type SqlValue } from './sql.js';
export { clickhouseConfig, storeConfig } from './clickhouse.config.js';
export { tabSeparated, type Cell } from './tab-separated.js';
