import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { ClickHouseFault } from './clickhouse.errors.js';
import type { ClickHouse } from './clickhouse.js';
import { ident, join, shippedSql, sql } from './sql.js';

/** Where a migration applies: once in the system database, or in every shop's database. */
export type MigrationScope = 'system' | 'shop';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly scope: MigrationScope;
  readonly text: string;
  readonly checksum: string;
}

/** The system database: the registry of shops and the record of migrations. */
export const systemDatabase = 'tideline';

/**
 * Reads `NNNN_verb_noun.sql` files. The head of each says `-- scope: system` or `-- scope: shop`.
 * @throws {ClickHouseFault} `migration-refused` on a file without a scope, a bad name, or two files of one number.
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort();
  const migrations: Migration[] = [];
  for (const file of files) {
    const named = /^(\d{4})_([a-z0-9]+(?:_[a-z0-9]+)+)\.sql$/.exec(file);
    const text = await readFile(joinPath(directory, file), 'utf8');
    const scope = /^-- scope: (system|shop)$/m.exec(text)?.[1] as MigrationScope | undefined;
    if (!named || !scope) {
      throw new ClickHouseFault(
        'migration-refused',
        `${file}: name it NNNN_verb_noun.sql and say "-- scope: system" or "-- scope: shop" in its head.`,
      );
    }
    const number = Number(named[1]);
    if (migrations.some((other) => other.number === number)) {
      throw new ClickHouseFault('migration-refused', `${file}: number ${named[1]} is taken by another migration. Take the next free one.`);
    }
    migrations.push({ number, name: named[2] ?? '', scope, text, checksum: createHash('sha256').update(text).digest('hex') });
  }
  return migrations;
}

/** Migrations that a database has not seen; it must be there. */
export async function pendingMigrations(
  clickhouse: ClickHouse,
  migrations: readonly Migration[],
  scope: MigrationScope,
  database: string,
): Promise<Migration[]> {
  const done = await clickhouse.query<{ number: number }>(sql`SELECT number FROM ${ident(database, 'migrations')}`);
  return migrations.filter((migration) => migration.scope === scope && !done.some(({ number }) => number === migration.number));
}

/**
 * Brings one database to the newest schema: creates it when missing, runs what was not run, in order. Cut short, it begins again with the
 * first that is not recorded: a statement must bear to be run again, in a new database after all that follow it too.
 * @param values replaces `{name}` in the files; `{db}` and `{db_literal}` are given
 * @throws {ClickHouseFault} `migration-changed` when a file that already ran has other text now; `migration-newer` when one ran that
 *   these do not hold: an older program would write tables that it does not know;
 *   `migration-refused` when a table breaks the rule of `refuseUnsafeTables`.
 */
export async function migrate(
  clickhouse: ClickHouse,
  migrations: readonly Migration[],
  scope: MigrationScope,
  database: string,
  values: Readonly<Record<string, string>> = {},
): Promise<number> {
  // Refreshable views need an Atomic database; `default` is not one in the embedded engine.
  await clickhouse.command(sql`CREATE DATABASE IF NOT EXISTS ${ident(database)} ENGINE = Atomic`);
  const record = ident(database, 'migrations');
  await clickhouse.command(sql`CREATE TABLE IF NOT EXISTS ${record}
    (number UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC'))
    ENGINE = MergeTree ORDER BY number SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`);
  const done = new Map(
    (await clickhouse.query<{ number: number; checksum: string }>(sql`SELECT number, checksum FROM ${record}`)).map((row) => [
      row.number,
      row.checksum,
    ]),
  );
  const newer = [...done].find(([number]) => !migrations.some((migration) => migration.scope === scope && migration.number === number));
  if (newer) {
    throw new ClickHouseFault(
      'migration-newer',
      `${database} was changed by a newer version: migration ${newer[0]} ran, which this one does not have. Start that version, or restore the back-up from before the upgrade.`,
    );
  }
  const pending = migrations.filter((migration) => migration.scope === scope && !done.has(migration.number));
  const changed = migrations.find(({ number, checksum }) => done.has(number) && done.get(number) !== checksum);
  if (changed) {
    throw new ClickHouseFault(
      'migration-changed',
      `Migration ${changed.number} (${changed.name}) already ran in ${database} with other text. Undo the edit and write a new migration.`,
    );
  }
  // Each counts by a record of its own: a death leaves it known how far an upgrade came, and an older program is refused. Of a database that
  // nobody has used yet one record is enough, and what the disk took and what tables came of it is asked once for its hundred statements.
  const runs = done.size === 0 && !clickhouse.shared ? [pending] : pending.map((migration) => [migration]);
  const unit = clickhouse.unit();
  for (const run of runs) {
    for (const { text } of run) {
      for (const statement of statements(text, { ...values, db: `\`${database}\``, db_literal: `'${database}'` })) {
        await unit.command(shippedSql(statement));
      }
    }
    await unit.whole();
    await refuseUnsafeTables(clickhouse, database, run);
    const rows = run.map(({ number, name, checksum }) => sql`(${number}, ${name}, ${checksum}, now64(3))`);
    await clickhouse.command(sql`INSERT INTO ${record} VALUES ${join(rows)}`);
  }
  return pending.length;
}

/**
 * A ReplacingMergeTree replaces only inside a partition. Were a partition column missing from the sort key, one key could
 * live in two partitions and FINAL would answer by its settings: an order moved January -> March -> January read as 0.
 * The engine's own parser is asked (system.columns), so no spelling of the DDL slips past; the table is dropped again.
 */
async function refuseUnsafeTables(clickhouse: ClickHouse, database: string, ran: readonly Migration[]): Promise<void> {
  const unsafe = await clickhouse.query<{ table: string; columns: string[] }>(sql`
    SELECT t.name AS table, groupArray(c.name) AS columns
    FROM system.tables AS t INNER JOIN system.columns AS c ON c.database = t.database AND c.table = t.name
    WHERE t.database = ${database} AND t.engine LIKE '%ReplacingMergeTree%' AND c.is_in_partition_key AND NOT c.is_in_sorting_key
    GROUP BY t.name`);
  for (const { table } of unsafe) await clickhouse.command(sql`DROP TABLE ${ident(database, table)} SYNC`);
  const first = unsafe[0];
  if (first) {
    const migration = ran.find(({ text }) => new RegExp(`TABLE [^(]*\\{db\\}\\.${first.table}\\b`).test(text));
    throw new ClickHouseFault(
      'migration-refused',
      `${migration ? `Migration ${migration.number} (${migration.name})` : 'A migration'}: ${first.table} is a ReplacingMergeTree partitioned by ${first.columns.join(', ')}, which its sort key lacks. Add the column to ORDER BY or drop the PARTITION BY.`,
    );
  }
}

/** Splits a file at `;` line ends and fills in `{name}`; a name without a value is an error, not an empty string. */
function statements(text: string, values: Readonly<Record<string, string>>): string[] {
  return text
    .replace(/^\s*--.*$/gm, '')
    .replace(/\{([a-z_]+)\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new ClickHouseFault('migration-refused', `A migration asks for {${name}}, which nobody gives.`);
      return value;
    })
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
