import { ident, join, sql, type ClickHouse, type Sql } from '#clickhouse';
import { businessColumns } from '../fingerprint.js';
import { ledgerTables, ledgerTopics, type LedgerTopic } from '../ledger/ledger-tables.js';
import { bucketOf, grains } from '../refresh/dirty.js';
import { attributeMembers, orderLevel } from '../refresh/kpi.js';
import { tableOf, type Shop } from '../shop.js';

/** What an event is about: an order, a return, a customer, a product, a count of its stock, a campaign, a day of one. */
export interface PathDocument {
  readonly topic: LedgerTopic;
  readonly id: string;
}

/** A row of the ledger on an event's path. UInt64 as text. */
export interface PathEvent {
  readonly topic: LedgerTopic;
  readonly partition: number;
  readonly epoch: number;
  readonly offset: string;
  readonly verdict: 'accepted' | 'rejected' | 'gap';
  readonly reason: string;
  readonly detail: string;
  readonly type: string;
  readonly event_id: string;
  readonly document: string;
  readonly revision: string;
  readonly hash: string;
  readonly event_time: string;
  readonly recorded_time: string;
  readonly ingested_at: string;
}

/** A figure that an event is part of. Decimals and UInt64 as text. */
export interface PathFigure {
  readonly table: string;
  readonly grain: string;
  readonly dimension: string;
  readonly member: string;
  readonly bucket: string;
  readonly gross: string;
  readonly discounts: string;
  readonly returns: string;
  readonly returns_by_order_date: string | null;
  readonly orders: string;
  readonly units: string;
  readonly buyers: string | null;
}

/** What a count of stock is called: one product is counted many times. */
const stockCountName = sql`concat(product_id, '/', formatDateTime(counted_at, '%FT%TZ'))`;

/** What a day of a campaign is called. */
const campaignDayName = sql`concat(campaign_id, '/', toString(date))`;

const documentOf: Readonly<Record<LedgerTopic, Sql>> = {
  'customers.v1': sql`customer_id`,
  'products.v1': sql`if(is_count, ${stockCountName}, product_id)`,
  'campaigns.v1': sql`if(is_day, ${campaignDayName}, campaign_id)`,
  'transactions.v1': sql`order_id`,
  'returns.v1': sql`return_id`,
  'clock.v1': sql`''`,
};

/** Rows of the ledger by the id of the event, or of what it is about. Operators ask for it now and then: every id is looked at. */
export function pathEventsSql(shop: Shop, id: string, limit: number): Sql {
  return ledgerRowsSql(
    shop,
    ledgerTopics,
    (topic) => sql`event_id = ${id} OR (verdict = 'accepted' AND ${documentOf[topic]} = ${id})`,
    limit,
  );
}

/** All accepted versions of what some events are about. */
export function pathVersionsSql(shop: Shop, documents: readonly PathDocument[], limit: number): Sql {
  const ids = (topic: LedgerTopic): string[] => documents.filter((each) => each.topic === topic).map((each) => each.id);
  const topics = ledgerTopics.filter((topic) => ids(topic).length > 0);
  return ledgerRowsSql(shop, topics, (topic) => sql`verdict = 'accepted' AND ${documentOf[topic]} IN ${ids(topic)}`, limit);
}

function ledgerRowsSql(shop: Shop, topics: readonly LedgerTopic[], where: (topic: LedgerTopic) => Sql, limit: number): Sql {
  const perTopic = topics.map(
    (topic) => sql`SELECT ${topic} AS topic, partition, epoch, offset, verdict, reason, detail, type, event_id,
    if(verdict = 'accepted', ${documentOf[topic]}, '') AS document, revision, hash, event_time, recorded_time, ingested_at
FROM ${tableOf(shop, ledgerTables[topic].table)} WHERE ${where(topic)}`,
  );
  return sql`SELECT * FROM (${join(perTopic, ' UNION ALL ')}) ORDER BY ingested_at, topic, partition, epoch, offset LIMIT ${limit}`;
}

/** Where facts of a document may stand: at the instants of every version of it, of its order, and of its order's returns. */
class Places {
  constructor(
    private readonly shop: Shop,
    private readonly document: PathDocument,
  ) {}

  get slices(): Sql {
    return this.of(sql`toDateTime(intDiv(toUnixTimestamp(at), 5) * 5, 'UTC')`);
  }
  get months(): Sql {
    return this.of(sql`toStartOfMonth(toTimeZone(at, ${this.shop.timeZone}))`);
  }

  private of(place: Sql): Sql {
    const { id, topic } = this.document;
    const [orders, returns] = [tableOf(this.shop, 'ledger_transactions'), tableOf(this.shop, 'ledger_returns')];
    const entities =
      topic === 'transactions.v1'
        ? sql`(${`o:${id}`})`
        : sql`(SELECT entity_id FROM ${returns} WHERE return_id = ${id} AND verdict = 'accepted')`;
    return sql`(SELECT DISTINCT ${place} FROM
(
    SELECT order_time AS at FROM ${orders} WHERE entity_id IN ${entities} AND verdict = 'accepted'
    UNION ALL
    SELECT refund_time FROM ${returns} WHERE (entity_id IN ${entities} OR return_id = ${id}) AND verdict = 'accepted'
))`;
  }
}

/** A table that holds facts of a document, and which rows of it. */
interface FactPlace {
  readonly table: string;
  readonly where: Sql;
}

function factPlaces(shop: Shop, document: PathDocument): FactPlace[] {
  const { topic, id } = document;
  const { slices, months } = new Places(shop, document);
  switch (topic) {
    case 'transactions.v1':
      return [
        { table: 'fact_sales', where: sql`t.slice IN ${slices} AND t.order_id = ${id}` },
        { table: 'fact_returns', where: sql`t.slice IN ${slices} AND t.order_id = ${id}` },
        { table: 'fact_returns_left_out', where: sql`t.order_id = ${id}` },
        { table: 'facts_by_customer', where: sql`t.month IN ${months} AND t.kind = 'sale' AND t.document_id = ${id}` },
      ];
    case 'returns.v1':
      return [
        { table: 'fact_returns', where: sql`t.slice IN ${slices} AND t.return_id = ${id}` },
        { table: 'fact_returns_left_out', where: sql`t.return_id = ${id}` },
        { table: 'facts_by_customer', where: sql`t.month IN ${months} AND t.kind = 'return' AND t.document_id = ${id}` },
      ];
    case 'customers.v1':
      return [{ table: 'dim_customers', where: sql`t.customer_id = ${id}` }];
    case 'products.v1':
      return [
        { table: 'dim_products', where: sql`t.product_id = ${id}` },
        { table: 'fact_stock_counts', where: sql`${stockCountName} = ${id}` },
      ];
    case 'campaigns.v1':
      return [
        { table: 'dim_campaigns', where: sql`t.campaign_id = ${id}` },
        { table: 'fact_campaign_days', where: sql`${campaignDayName} = ${id}` },
      ];
    case 'clock.v1':
      return [];
  }
}

/** Facts of a document in one table, with customers by their ids. */
export function pathFactsSql(shop: Shop, { table, where }: FactPlace, limit: number): Sql {
  const { columns, customer } = businessColumns(table);
  const keys = customer ? sql`LEFT JOIN ${tableOf(shop, 'dim_customer_keys')} AS k ON t.customer_key = k.customer_key` : sql``;
  const all = [...columns.map((each) => sql`t.${ident(each)} AS ${ident(each)}`), ...(customer ? [sql`k.customer_id AS customer_id`] : [])];
  return sql`SELECT ${join(all)} FROM ${tableOf(shop, table)} AS t FINAL ${keys} WHERE ${where} LIMIT ${limit}`;
}

/** Keys of `agg_kpi` that an order or a return stands in, by its facts. */
export function pathKeysSql(shop: Shop, document: PathDocument): Sql {
  const { slices } = new Places(shop, document);
  const column = document.topic === 'transactions.v1' ? sql`order_id` : sql`return_id`;
  const members = sql`arrayConcat([('all', '', 1, 5)], arrayMap(each -> (each.1, each.2, 3, 3), ${attributeMembers(false)}), [('product', product_id, 4, 2)])`;
  const returns = sql`SELECT slice, ${members} AS members FROM ${tableOf(shop, 'fact_returns')} FINAL WHERE slice IN ${slices} AND ${column} = ${document.id}`;
  const sales = sql`SELECT slice, arrayConcat(${members}, if(order_discount != 0, [('product', ${orderLevel}, 4, 2)], [])) AS members
    FROM ${tableOf(shop, 'fact_sales')} FINAL WHERE slice IN ${slices} AND order_id = ${document.id}
    UNION ALL
    `;
  const levels = grains.map((grain) => sql`(${grain}, toUnixTimestamp(${bucketOf(grain, sql`slice`, sql`${shop.timeZone}`)}))`);
  return sql`SELECT DISTINCT level.1 AS grain, m.1 AS dimension, m.2 AS member, level.2 AS start
FROM
(
    ${document.topic === 'transactions.v1' ? sales : sql``}${returns}
)
ARRAY JOIN members AS m
ARRAY JOIN arraySlice([${join(levels)}], m.3, m.4) AS level`;
}

/** A key of `agg_kpi`. */
export interface PathKey {
  readonly grain: string;
  readonly dimension: string;
  readonly member: string;
  /** Unix seconds. */
  readonly start: number;
}

/** Present values of some buckets of `agg_kpi`. */
export function pathKpisSql(shop: Shop, keys: readonly PathKey[]): Sql {
  return sql`SELECT 'agg_kpi' AS table, toString(k.grain) AS grain, k.dimension AS dimension, k.member AS member, toString(k.bucket) AS bucket,
    k.gross AS gross, k.discounts AS discounts, k.returns AS returns, k.returns_by_order_date AS returns_by_order_date,
    k.orders AS orders, k.units AS units, bitmapCardinality(k.buyers) AS buyers
FROM ${tableOf(shop, 'agg_kpi')} AS k FINAL
WHERE (k.grain, k.dimension, k.bucket, k.member) IN ${keys.map(({ grain, dimension, start, member }) => [grain, dimension, start, member])}
ORDER BY k.dimension = 'all' DESC, k.dimension, k.member, k.grain, k.bucket`;
}

/** Present values of the customers and campaign days that a document stands in. */
export function pathSumsSql(shop: Shop, document: PathDocument): Sql {
  const { months, slices } = new Places(shop, document);
  const { topic, id } = document;
  const table = (name: string): Sql => tableOf(shop, name);
  const kind = topic === 'transactions.v1' ? 'sale' : 'return';
  const column = topic === 'transactions.v1' ? sql`order_id` : sql`return_id`;
  const timeline = sql`${table('facts_by_customer')} FINAL WHERE month IN ${months} AND kind = ${kind} AND document_id = ${id}`;
  const customer = sql`INNER JOIN ${table('dim_customer_keys')} AS k ON t.customer_key = k.customer_key`;
  const values = sql`t.gross AS gross, t.discounts AS discounts, t.returns AS returns, NULL AS returns_by_order_date, t.orders AS orders, t.units AS units, NULL AS buyers`;
  const days =
    topic === 'campaigns.v1'
      ? sql`${campaignDayName} = ${id}`
      : sql`(t.campaign_id, t.date) IN
    (
        SELECT campaign_id, toDate(slice, ${shop.timeZone}) FROM ${table('fact_returns')} FINAL WHERE slice IN ${slices} AND ${column} = ${id}
        UNION ALL
        SELECT campaign_id, toDate(slice, ${shop.timeZone}) FROM ${table('fact_sales')} FINAL WHERE slice IN ${slices} AND order_id = ${id}
    )`;
  const campaigns = sql`SELECT 'agg_campaign_day' AS table, 'day' AS grain, 'campaign' AS dimension, t.campaign_id AS member, toString(t.date) AS bucket,
    t.gross AS gross, t.discounts AS discounts, t.returns AS returns, t.returns_by_order_date AS returns_by_order_date, t.orders AS orders, t.units AS units, NULL AS buyers
FROM ${table('agg_campaign_day')} AS t FINAL WHERE ${days}`;
  if (topic === 'campaigns.v1') return campaigns;
  return sql`SELECT 'agg_customer_month' AS table, 'month' AS grain, 'customer' AS dimension, k.customer_id AS member, toString(t.month) AS bucket, ${values}
FROM ${table('agg_customer_month')} AS t FINAL ${customer} WHERE (t.customer_key, t.month) IN (SELECT customer_key, month FROM ${timeline})
UNION ALL
SELECT 'agg_customer' AS table, 'life' AS grain, 'customer' AS dimension, k.customer_id AS member, '' AS bucket, ${values}
FROM ${table('agg_customer')} AS t FINAL ${customer} WHERE t.customer_key IN (SELECT customer_key FROM ${timeline})
UNION ALL
${campaigns}`;
}

/** Rows of one table that are shown of a document. */
const mostFacts = 200;

/** Reads of an event's path. Meant to be called inside one `ReadGate.read`. */
export class EventPathReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  events(shop: Shop, id: string, limit: number): Promise<PathEvent[]> {
    return this.clickhouse.query(pathEventsSql(shop, id, limit));
  }

  async versions(shop: Shop, documents: readonly PathDocument[], limit: number): Promise<PathEvent[]> {
    return documents.length === 0 ? [] : this.clickhouse.query(pathVersionsSql(shop, documents, limit));
  }

  async facts(shop: Shop, document: PathDocument): Promise<{ table: string; row: Record<string, unknown> }[]> {
    const perTable = factPlaces(shop, document).map(async (place) => {
      const rows = await this.clickhouse.query<Record<string, unknown>>(pathFactsSql(shop, place, mostFacts));
      return rows.map((row) => ({ table: place.table, row }));
    });
    return (await Promise.all(perTable)).flat();
  }

  async figures(shop: Shop, document: PathDocument): Promise<PathFigure[]> {
    const sums = (): Promise<PathFigure[]> => this.clickhouse.query<PathFigure>(pathSumsSql(shop, document));
    if (document.topic === 'campaigns.v1') return sums();
    if (document.topic !== 'transactions.v1' && document.topic !== 'returns.v1') return [];
    const keys = await this.clickhouse.query<PathKey>(pathKeysSql(shop, document));
    const kpis = keys.length === 0 ? [] : await this.clickhouse.query<PathFigure>(pathKpisSql(shop, keys));
    return [...kpis, ...(await sums())];
  }
}
