import { sql, type ClickHouse } from '#clickhouse';
import { ledgerTables, type LedgerTopic } from '../ledger/ledger-tables.js';
import type { Shop } from '../shop.js';

/** A column with its type, as the engine names it. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** A table whose rows can be compared key by key. */
export interface ComparedTable {
  readonly name: string;
  readonly key: readonly Column[];
  /** All other columns that say something; generations and tombstones are how it is kept, not what it says. */
  readonly values: readonly Column[];
  /** Whether only the newest row of a key counts. */
  readonly replacing: boolean;
}

/** Facts, dimensions and derived tables, in the order in which one is made from another. */
const layers = ['dim_customer_keys', 'fact_', 'dim_', 'facts_', 'agg_headline', 'agg_kpi', 'agg_customer_month', 'agg_'] as const;

/** What names a row of a refreshable view; the engine knows the sort key of its hidden table only. */
const viewKeys: Readonly<Record<string, readonly string[]>> = {
  mv_rfm_scores: ['customer_id'],
  mv_cohort_retention: ['cohort', 'age'],
  mv_segment_flow: ['from_segment', 'to_segment'],
};

const keptNotSaid: ReadonlySet<string> = new Set(['generation', 'is_deleted']);

/**
 * Every table of a shop that follows from its ledger, as the engine describes it: one that a migration adds is in the list without
 * being named here.
 */
export async function figureTables(clickhouse: ClickHouse, shop: Shop): Promise<ComparedTable[]> {
  const tables = await described(
    clickhouse,
    shop.database,
    sql`match(t.name, '^(fact|facts|dim|agg)_') AND endsWith(t.engine, 'MergeTree')`,
  );
  const place = ({ name }: ComparedTable): number => layers.findIndex((layer) => name.startsWith(layer));
  return tables.sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
}

/** The refreshable views of a shop. */
export function viewTables(clickhouse: ClickHouse, shop: Shop): Promise<ComparedTable[]> {
  return described(clickhouse, shop.database, sql`startsWith(t.name, 'mv_')`);
}

/** The ledger of one topic. */
export async function ledgerTable(clickhouse: ClickHouse, shop: Shop, topic: LedgerTopic): Promise<ComparedTable> {
  const [table] = await described(clickhouse, shop.database, sql`t.name = ${ledgerTables[topic].table}`);
  if (!table) throw new Error(`${shop.database} has no ${ledgerTables[topic].table}.`);
  return table;
}

async function described(clickhouse: ClickHouse, database: string, which: ReturnType<typeof sql>): Promise<ComparedTable[]> {
  const rows = await clickhouse.query<{ table: string; engine: string; sorting: string; names: string[]; types: string[] }>(
    sql`SELECT t.name AS table, any(t.engine) AS engine, any(t.sorting_key) AS sorting, groupArray(c.name) AS names, groupArray(c.type) AS types
FROM system.tables AS t INNER JOIN (SELECT * FROM system.columns WHERE database = ${database} ORDER BY position) AS c ON c.table = t.name
WHERE t.database = ${database} AND ${which} GROUP BY t.name ORDER BY t.name`,
  );
  return rows.map(({ table, engine, sorting, names, types }) => {
    const columns = names.map((name, index) => ({ name, type: types[index] ?? '' }));
    const keyNames = viewKeys[table] ?? sorting.split(', ');
    return {
      name: table,
      key: keyNames.flatMap((name) => columns.filter((column) => column.name === name)),
      values: columns.filter(({ name }) => !keyNames.includes(name) && !keptNotSaid.has(name)),
      replacing: engine === 'ReplacingMergeTree',
    };
  });
}
