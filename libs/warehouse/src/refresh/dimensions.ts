import { join, sql, type Sql } from '#clickhouse';
import type { NamedDimension } from './placed.js';
import type { NamedStatement, StepSql } from './step.js';

/**
 * Dimensions by the rule of facts: the winner of all versions.
 * `argMax` takes a tuple: the columns of one version stay together, NULLs included.
 */
export function writeDimensions(s: StepSql): NamedStatement[] {
  const statements: NamedStatement[] = [];
  if (s.moved('customers.v1')) {
    statements.push({
      name: 'dim_customers',
      statement: sql`INSERT INTO ${s.table('dim_customers')}
SELECT v.customer_id, customer_key, best.1, best.2, best.3, best.4, best.5, best.6, best.7, best.8, 0, ${s.generation}
FROM
(
    SELECT customer_id, argMax(tuple(registered_at, name, email, country, region, city, acquisition_channel, consent), (revision, hash)) AS best FROM ${s.table('ledger_customers')}
    WHERE ${s.known('customers.v1')} AND entity_id IN (SELECT entity_id FROM ${s.table('ledger_customers')} WHERE ${s.fresh('customers.v1')})
    GROUP BY customer_id
) AS v
INNER JOIN ${s.table('dim_customer_keys')} AS k ON v.customer_id = k.customer_id`,
    });
  }
  if (s.moved('products.v1')) {
    const products = s.table('ledger_products');
    const touched = sql`entity_id IN (SELECT entity_id FROM ${products} WHERE ${s.fresh('products.v1')})`;
    statements.push(
      {
        name: 'dim_products',
        statement: sql`INSERT INTO ${s.table('dim_products')}
SELECT product_id, best.1, best.2, best.3, best.4, best.5, best.6, best.7, 0, ${s.generation}
FROM
(
    SELECT product_id, argMax(tuple(sku, name, category, subcategory, brand, cost, price), (revision, hash)) AS best FROM ${products}
    WHERE ${s.known('products.v1')} AND NOT is_count AND ${touched}
    GROUP BY product_id
)`,
      },
      {
        name: 'fact_stock_counts',
        statement: sql`INSERT INTO ${s.table('fact_stock_counts')}
SELECT product_id, counted_at, ifNull(best.1, 0), ${s.generation}, best.1 IS NULL
FROM
(
    SELECT product_id, counted_at, argMax(tuple(counted_units), (revision, hash)) AS best FROM ${products}
    WHERE ${s.known('products.v1')} AND is_count AND ${touched}
    GROUP BY product_id, counted_at
)`,
      },
    );
  }
  if (s.moved('campaigns.v1')) {
    const campaigns = s.table('ledger_campaigns');
    const touched = sql`entity_id IN (SELECT entity_id FROM ${campaigns} WHERE ${s.fresh('campaigns.v1')})`;
    statements.push(
      {
        name: 'dim_campaigns',
        statement: sql`INSERT INTO ${s.table('dim_campaigns')}
SELECT campaign_id, best.1, best.2, best.3, best.4, best.5, best.6, best.7, best.8, 0, ${s.generation}
FROM
(
    SELECT campaign_id, argMax(tuple(status, name, kind, channel, budget, starts_at, ends_at, target_segment), (revision, hash)) AS best FROM ${campaigns}
    WHERE ${s.known('campaigns.v1')} AND NOT is_day AND ${touched}
    GROUP BY campaign_id
)`,
      },
      {
        name: 'touched_campaign_days',
        statement: sql`INSERT INTO ${s.scratch('campaign_days')}
SELECT DISTINCT date, campaign_id FROM ${campaigns} WHERE ${s.fresh('campaigns.v1')} AND is_day`,
      },
      {
        name: 'fact_campaign_days',
        statement: sql`INSERT INTO ${s.table('fact_campaign_days')}
SELECT date, campaign_id, best.1, best.2, best.3, ${s.generation}, 0
FROM
(
    SELECT date, campaign_id, argMax((spend, impressions, clicks), (revision, hash)) AS best FROM ${campaigns}
    WHERE ${s.known('campaigns.v1')} AND is_day AND ${touched}
    GROUP BY date, campaign_id
)`,
      },
    );
  }
  return statements;
}

/**
 * An id that a fact names before its own event came gets a placeholder; ids named by any version count, so that the set does not
 * depend on where one step ended.
 * @param wanted dimensions in which one may be missing, with those that may be, or undefined where the ledger has to be asked
 */
export function writePlaceholders(s: StepSql, wanted: ReadonlyMap<NamedDimension, readonly string[] | undefined>): NamedStatement[] {
  return [...wanted].map(([dimension, names]) => placeholders[dimension](s, names));
}

const ordersOf = (s: StepSql): Sql => sql`FROM ${s.table('ledger_transactions')} WHERE ${s.fresh('transactions.v1')}`;
const returnsOf = (s: StepSql): Sql => sql`FROM ${s.table('ledger_returns')} WHERE ${s.fresh('returns.v1')}`;
/** Values as rows of one column. */
const rowsOf = (values: readonly Sql[], column: Sql): Sql => sql`SELECT arrayJoin([${join(values)}]) AS ${column}`;
const textsOf = (names: readonly string[]): Sql[] => names.map((name) => sql`${name}`);

const placeholders: Readonly<Record<NamedDimension, (s: StepSql, names: readonly string[] | undefined) => NamedStatement>> = {
  customers: (s, names) => {
    const customers = names ? sql`${names}` : sql`(SELECT customer_id ${ordersOf(s)} UNION ALL SELECT customer_id ${returnsOf(s)})`;
    return {
      name: 'placeholder_customers',
      statement: sql`INSERT INTO ${s.table('dim_customers')} (customer_id, customer_key, placeholder, generation)
SELECT customer_id, customer_key, 1, ${s.generation} FROM ${s.table('dim_customer_keys')}
WHERE customer_id IN ${customers} AND customer_id NOT IN (SELECT customer_id FROM ${s.table('dim_customers')} WHERE customer_id IN ${customers})`,
    };
  },
  products: (s, names) => {
    const products = names
      ? rowsOf(textsOf(names), sql`product_id`)
      : sql`SELECT arrayJoin(lines.product_id) AS product_id ${ordersOf(s)}
    UNION ALL SELECT arrayJoin(lines.product_id) ${returnsOf(s)}
    UNION ALL SELECT product_id FROM ${s.table('ledger_products')} WHERE ${s.fresh('products.v1')} AND is_count`;
    return {
      name: 'placeholder_products',
      statement: sql`INSERT INTO ${s.table('dim_products')} (product_id, placeholder, generation)
SELECT DISTINCT product_id, 1, ${s.generation}
FROM
(
    ${products}
)
WHERE product_id != '' AND product_id NOT IN (SELECT product_id FROM ${s.table('dim_products')})`,
    };
  },
  campaigns: (s, names) => {
    const campaigns = names
      ? rowsOf(textsOf(names), sql`campaign_id`)
      : sql`SELECT campaign_id ${ordersOf(s)} UNION ALL SELECT campaign_id FROM ${s.scratch('campaign_days')}`;
    return {
      name: 'placeholder_campaigns',
      statement: sql`INSERT INTO ${s.table('dim_campaigns')} (campaign_id, placeholder, generation)
SELECT DISTINCT campaign_id, 1, ${s.generation}
FROM (${campaigns})
WHERE campaign_id != '' AND campaign_id NOT IN (SELECT campaign_id FROM ${s.table('dim_campaigns')})`,
    };
  },
  geography: (s, names) => {
    const tuples = names?.map((place) => sql`(${join(textsOf(JSON.parse(place) as string[]))})`);
    const places = tuples
      ? sql`FROM (SELECT place.1 AS country, place.2 AS region, place.3 AS city FROM (${rowsOf(tuples, sql`place`)})) WHERE`
      : sql`${ordersOf(s)} AND`;
    return {
      name: 'dim_geography',
      statement: sql`INSERT INTO ${s.table('dim_geography')}
SELECT DISTINCT country, region, city, ${s.generation} ${places}
    (country, region, city) NOT IN (SELECT country, region, city FROM ${s.table('dim_geography')})`,
    };
  },
};
