import { ident, join, sql, type ClickHouse, type Sql } from '#clickhouse';
import { ledgerTables, ledgerTopics, ownColumns } from './ledger/ledger-tables.js';
import { tableOf, type Shop } from './shop.js';
import type { Level } from './watermark.repository.js';

/**
 * A table as its fingerprint sees it: what the business knows, and nothing of when and in which order it came. Customers go by their
 * ids: dense keys follow from the order of arrival, as generations, epochs, offsets and instants of ingestion do.
 */
interface Printed {
  readonly table: string;
  readonly level: Level;
  readonly columns: readonly string[];
  /** Whether `customer_key` stands for a customer in it. */
  readonly customer?: true;
  /** Whether each row has a set of buyers. */
  readonly buyers?: true;
  /** Rows that do not count. */
  readonly where?: (shop: Shop) => Sql;
}

const sums = ['gross', 'discounts', 'returns', 'returns_by_order_date', 'orders', 'returned_orders', 'units'];
const lives = ['orders', 'units', 'gross', 'discounts', 'returns', 'first_order', 'last_order'];
const places = ['country', 'region', 'city'];
const attributes = ['payment_method', 'channel', ...places, 'campaign_id'];
/** Whether an id that only a superseded version names has a placeholder depends on what had come when. */
const announced = (): Sql => sql`NOT placeholder`;

const printed: readonly Printed[] = [
  {
    table: 'fact_sales',
    level: 'live',
    customer: true,
    columns: [
      ...['slice', 'order_id', 'line', 'order_time', 'product_id', 'quantity', 'unit_price', 'gross', 'discount', 'order_discount'],
      ...['shipping', 'tax', 'unit_cost', 'returned', ...attributes],
    ],
  },
  {
    table: 'fact_returns',
    level: 'live',
    customer: true,
    columns: [
      ...[
        'convention',
        'slice',
        'return_id',
        'line',
        'refund_time',
        'order_id',
        'order_known',
        'product_id',
        'quantity',
        'amount',
        'reason',
      ],
      ...attributes,
    ],
  },
  { table: 'agg_headline', level: 'live', buyers: true, columns: ['grain', 'bucket', ...sums] },
  { table: 'fact_returns_left_out', level: 'settled', columns: ['return_id', 'order_id', 'amount', 'reason'] },
  {
    table: 'facts_by_customer',
    level: 'settled',
    customer: true,
    columns: ['month', 'kind', 'document_id', 'line', 'at', 'product_id', 'quantity', 'gross', 'discount', 'refund'],
  },
  { table: 'fact_campaign_days', level: 'settled', columns: ['date', 'campaign_id', 'spend', 'impressions', 'clicks'] },
  { table: 'fact_stock_counts', level: 'settled', columns: ['product_id', 'counted_at', 'units'] },
  {
    table: 'dim_customers',
    level: 'settled',
    columns: ['customer_id', 'registered_at', 'name', 'email', ...places, 'acquisition_channel', 'consent'],
    where: announced,
  },
  {
    table: 'dim_products',
    level: 'settled',
    columns: ['product_id', 'sku', 'name', 'category', 'subcategory', 'brand', 'cost', 'price'],
    where: announced,
  },
  {
    table: 'dim_campaigns',
    level: 'settled',
    columns: ['campaign_id', 'status', 'name', 'kind', 'channel', 'budget', 'starts_at', 'ends_at', 'target_segment'],
    where: announced,
  },
  {
    table: 'dim_geography',
    level: 'settled',
    columns: places,
    // Likewise a place that only a superseded version names.
    where: (shop) => sql`(country, region, city) IN (SELECT DISTINCT country, region, city FROM ${tableOf(shop, 'fact_sales')} FINAL)`,
  },
  { table: 'agg_kpi', level: 'settled', buyers: true, columns: ['grain', 'dimension', 'bucket', 'member', ...sums] },
  { table: 'agg_customer_month', level: 'settled', customer: true, columns: ['month', ...lives] },
  { table: 'agg_customer', level: 'settled', customer: true, columns: lives },
  {
    table: 'agg_campaign_day',
    level: 'settled',
    columns: ['date', 'campaign_id', 'spend', 'impressions', 'clicks', ...sums.filter((each) => each !== 'returned_orders')],
  },
  {
    table: 'mv_rfm_scores',
    level: 'settled',
    columns: ['customer_id', 'recency', 'frequency', 'monetary', 'r', 'f', 'm', 'score', 'segment'],
  },
  { table: 'mv_cohort_retention', level: 'settled', columns: ['cohort', 'age', 'customers', 'active', 'orders', 'net_sales', 'complete'] },
  { table: 'mv_segment_flow', level: 'settled', columns: ['from_segment', 'to_segment', 'customers', 'net_sales'] },
];

/** The columns of a table that mean something to the business, and whether `customer_key` stands for a customer beside them. */
export function businessColumns(table: string): { readonly columns: readonly string[]; readonly customer: boolean } {
  const found = printed.find((each) => each.table === table);
  return { columns: found?.columns ?? [], customer: found?.customer === true };
}

/** The order-free fingerprint of one table, as a statement. */
export interface FingerprintStatement {
  readonly table: string;
  readonly level: Level;
  readonly statement: Sql;
}

/** One statement for each table of a shop; each answers `prints` rows that are added up. */
export function fingerprintStatements(shop: Shop): FingerprintStatement[] {
  return [...ledgerStatements(shop), ...printed.map((each) => statementOf(shop, each))];
}

/** 128 bits of a row. */
function hashOf(columns: readonly Sql[]): Sql {
  return sql`reinterpretAsUInt128(sipHash128(toString(tuple(${join(columns)}))))`;
}

/**
 * Messages with their verdicts: second copies count, gaps are no messages, ticks of the clock say where batches ended. A message that
 * two processes wrote, at one place of the ledger, is one message.
 */
function ledgerStatements(shop: Shop): FingerprintStatement[] {
  const envelope = ['verdict', 'reason', 'type', 'event_id', 'entity_id', 'revision', 'hash', 'payload'];
  return ledgerTopics.map((topic) => {
    const { table } = ledgerTables[topic];
    const known = ['event_time', 'recorded_time'].map((each) => sql`if(verdict = 'accepted', ${ident(each)}, NULL)`);
    const row = hashOf([...envelope.map((each) => ident(each)), ...known, ...ownColumns(topic).map((each) => ident(each))]);
    const counts = topic === 'clock.v1' ? sql`verdict = 'rejected'` : sql`verdict != 'gap'`;
    return {
      table,
      level: 'settled',
      statement: sql`SELECT count() AS n, hex(sum(h)) AS print FROM
(
    SELECT any(${row}) AS h FROM ${tableOf(shop, table)} WHERE ${counts} GROUP BY partition, epoch, offset
    SETTINGS optimize_aggregation_in_order = 1
)`,
    };
  });
}

function statementOf(shop: Shop, { table, level, columns, customer, buyers, where }: Printed): FingerprintStatement {
  const row = columns.map((each) => sql`t.${ident(each)}`);
  const final = table.startsWith('mv_') ? sql`` : sql`FINAL`;
  const from = sql`FROM ${tableOf(shop, table)} AS t ${final}`;
  const keys = sql`LEFT JOIN ${tableOf(shop, 'dim_customer_keys')} AS k`;
  const counts = where ? sql`WHERE ${where(shop)}` : sql``;
  const rows = customer
    ? sql`SELECT count() AS n, hex(sum(${hashOf([...row, sql`k.customer_id`])})) AS print ${from} ${keys} ON t.customer_key = k.customer_key ${counts}`
    : sql`SELECT count() AS n, hex(sum(${hashOf(row)})) AS print ${from} ${counts}`;
  if (!buyers) return { table, level, statement: rows };
  // A buyer of a bucket is a row of its own here: sets have no order, and no key leaves the engine.
  const members = sql`SELECT 0 AS n, hex(sum(${hashOf([sql`b.place`, sql`k.customer_id`])})) AS print
FROM (SELECT tuple(${join(row.slice(0, columns.indexOf('gross')))}) AS place, arrayJoin(bitmapToArray(t.buyers)) AS buyer ${from}) AS b
${keys} ON b.buyer = k.customer_key`;
  return { table, level, statement: sql`${rows} UNION ALL ${members}` };
}

/** How many rows a table has, and their fingerprint. */
export interface Fingerprint {
  readonly rows: number;
  readonly print: bigint;
}

const modulus = 2n ** 128n;

/** Reads of fingerprints. */
export class FingerprintReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  async print({ statement }: FingerprintStatement): Promise<Fingerprint> {
    const parts = await this.clickhouse.query<{ n: string; print: string }>(statement);
    return {
      rows: parts.reduce((sum, { n }) => sum + Number(n), 0),
      print: parts.reduce((sum, { print }) => (sum + BigInt(`0x${print}`)) % modulus, 0n),
    };
  }

  /** Whether RFM, cohorts and segment flow are of a generation; they are empty while nobody known has bought. */
  async viewsAreOf(shop: Shop, generation: string): Promise<boolean> {
    const [row] = await this.clickhouse.query<{ buyers: string; generations: string[] }>(sql`SELECT
    (SELECT count() FROM ${tableOf(shop, 'agg_customer')} FINAL WHERE orders > 0) AS buyers,
    [(SELECT max(generation) FROM ${tableOf(shop, 'mv_rfm_scores')}), (SELECT max(generation) FROM ${tableOf(shop, 'mv_cohort_retention')}),
        (SELECT max(generation) FROM ${tableOf(shop, 'mv_segment_flow')})] AS generations`);
    return row === undefined || row.buyers === '0' || row.generations.every((each) => each === generation);
  }
}
