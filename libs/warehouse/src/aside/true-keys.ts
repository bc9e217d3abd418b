import { sql, type Sql } from '#clickhouse';

/**
 * Keys of customers that can be true, into `here`. The key of a customer follows from no event: it stands in `dim_customer_keys` and
 * again in `dim_customers`, and everything that counts buyers uses it. Where the two differ, the one counts that has a life in
 * `agg_customer` and is nobody else's; a key that two customers would have is given to neither; a customer whom no event names has none.
 * @param here `dim_customer_keys` to be filled; customers in it are left alone
 * @param from where the tables stand that say which key a customer has
 * @param ledger the ledger's tables
 */
export function trueKeysSql(here: Sql, from: (table: string) => Sql, ledger: (table: string) => Sql): Sql {
  const lives = sql`(SELECT customer_key FROM ${from('agg_customer')} FINAL)`;
  const others = sql`(SELECT customer_key FROM ${from('dim_customers')} FINAL)`;
  const named = (table: string): Sql => sql`SELECT customer_id FROM ${ledger(table)} WHERE verdict = 'accepted'`;
  return sql`INSERT INTO ${here} (customer_id, customer_key)
SELECT customer_id, key
FROM
(
    SELECT customer_id, if(keys = 1 AND (second IN (0, first) OR second NOT IN ${lives} OR (first IN ${lives} AND first NOT IN ${others})), first, second) AS key, count() OVER (PARTITION BY key) AS owners
    FROM
    (
        SELECT customer_id, uniqExactIf(customer_key, side = 0) AS keys, anyIf(customer_key, side = 0) AS first, anyIf(customer_key, side = 1) AS second
        FROM
        (
            SELECT customer_id, customer_key, 0 AS side FROM ${from('dim_customer_keys')}
            UNION ALL
            SELECT customer_id, customer_key, 1 AS side FROM ${from('dim_customers')} FINAL
        )
        WHERE customer_id IN (${named('ledger_transactions')} UNION DISTINCT ${named('ledger_returns')} UNION DISTINCT ${named('ledger_customers')})
        GROUP BY customer_id
    )
)
WHERE owners = 1 AND key != 0 AND customer_id NOT IN (SELECT customer_id FROM ${here})`;
}
