import { join, sql, type Sql } from '#clickhouse';
import { featuresOf, type MbgParameters } from '../features/customer-features.js';
import { ageOf, dayOf, productsOf } from '../features/documents.js';
import { tableOf, type Shop } from '../shop.js';
import type { Place } from './place.js';

/** One customer at one instant. */
export interface CustomerMoment {
  readonly customerId: string;
  /** Unix milliseconds. */
  readonly asOf: number;
  /** Ledger rows that count then, of documents whose state in the facts is of another instant: the winners. */
  readonly orders: readonly Place[];
  readonly returns: readonly Place[];
}

export interface MomentsQuery {
  readonly moments: readonly CustomerMoment[];
  readonly mbg: MbgParameters;
  /** Orders and returns of these customers that moved since the facts stood, or may move later than an instant: the moments name their rows. */
  readonly leaveOut: { readonly orders: readonly string[]; readonly returns: readonly string[] };
}

/** Days of sales that are at stake. */
export const stakeDays = 365;

/** What `tideline.customer.scored.v1` can hold: `money` is not negative and has twelve digits before the point. */
const [leastStake, mostStake] = [sql`toDecimal128(0, 6)`, sql`toDecimal128('999999999999.999999', 6)`];

/**
 * Features of customers, each at instants of its own: a row per moment that has an order, `tag` (its index), the features as Float32,
 * `known_orders`, and `stake`, net sales of the days before. The arithmetic is that of `customerFeaturesSql`, whose text takes one
 * instant for all. Documents come from `facts_by_customer`, but for those that are left out: of these the moments name the ledger rows that
 * count. So nothing here depends on how far the facts were brought beyond what is left out.
 */
export function customerMomentsSql(shop: Shop, { moments, mbg, leaveOut }: MomentsQuery): Sql {
  const ids = [...new Set(moments.map(({ customerId }) => customerId))];
  const keys = sql`SELECT customer_id, any(customer_key) AS customer_key FROM ${tableOf(shop, 'dim_customer_keys')} WHERE customer_id IN ${ids} GROUP BY customer_id`;
  const asOf = sql`as_of`;
  const sources = [ofFacts(shop, moments, keys, ids, leaveOut), ...ofLedger(shop, moments)];
  const lists = sql`SELECT
    tag, any(as_of) AS as_of, arraySort(o -> (-o.1, o.2), groupArrayIf((age, document, day, money, lines, units, products), is_return = 0)) AS ordered,
    countIf(is_return) AS refunded, minIf(age, is_return) AS since_refund,
    toString(least(greatest(sumIf(net, age < ${stakeDays * 86_400_000}), ${leastStake}), ${mostStake})) AS stake
FROM
(
    ${join(sources, ' UNION ALL ')}
)
GROUP BY tag
HAVING notEmpty(ordered)`;
  return featuresOf(sql`tag`, lists, asOf, mbg, sql`,\n    toUInt32(orders) AS known_orders,\n    stake`);
}

function ofFacts(
  shop: Shop,
  moments: readonly CustomerMoment[],
  keys: Sql,
  ids: readonly string[],
  leaveOut: MomentsQuery['leaveOut'],
): Sql {
  const not = [
    ...(leaveOut.orders.length > 0 ? [sql`NOT (kind = 'sale' AND document_id IN ${leaveOut.orders})`] : []),
    ...(leaveOut.returns.length > 0 ? [sql`NOT (kind = 'return' AND document_id IN ${leaveOut.returns})`] : []),
  ];
  const among = sql`customer_key IN (SELECT customer_key FROM ${tableOf(shop, 'dim_customer_keys')} WHERE customer_id IN ${ids})`;
  return sql`SELECT
        tag, as_of, document, is_return, ${ageOf(sql`moment`, sql`as_of`)} AS age, ${dayOf(shop, sql`moment`)} AS day, money, lines, units, products, net
    FROM
    (
        SELECT
            customer_key, document_id AS document, kind = 'return' AS is_return, any(f.at) AS moment, toFloat64(sum(gross) - sum(discount)) AS money,
            count() AS lines, sum(quantity) AS units, ${productsOf(sql`groupArray(product_id)`)} AS products, sum(gross) - sum(discount) - sum(refund) AS net
        FROM ${tableOf(shop, 'facts_by_customer')} AS f FINAL PREWHERE ${among}${not.length > 0 ? sql` WHERE ${join(not, ' AND ')}` : sql``}
        GROUP BY customer_key, kind, document_id
    ) AS d
    INNER JOIN
    (
        SELECT tag, as_of, customer_key FROM (${momentRows(moments)}) AS m INNER JOIN (${keys}) AS k ON m.customer = k.customer_id
    ) AS p ON d.customer_key = p.customer_key
    WHERE moment <= as_of`;
}

/** Rows `tag, customer, as_of`. Plain arrays: a list of tuples takes far longer to parse. */
function momentRows(moments: readonly CustomerMoment[]): Sql {
  const tags = arrayOf(
    moments.map((_, index) => index),
    'UInt32',
  );
  const customers = arrayOf(
    moments.map(({ customerId }) => customerId),
    'String',
  );
  const instants = arrayOf(
    moments.map(({ asOf }) => asOf),
    'Int64',
  );
  return sql`SELECT tag, customer, fromUnixTimestamp64Milli(ms, 'UTC') AS as_of FROM (SELECT 1) ARRAY JOIN ${tags} AS tag, ${customers} AS customer, ${instants} AS ms`;
}

function ofLedger(shop: Shop, moments: readonly CustomerMoment[]): Sql[] {
  const amount = sql`arraySum((price, quantity, discount) -> toDecimal128(price, 6) * quantity - discount, lines.unit_price, lines.quantity, lines.discount)`;
  const orders = soughtAmong(moments, 'orders');
  const returns = soughtAmong(moments, 'returns');
  return [
    ...(orders
      ? [
          sql`SELECT
        tag, as_of, order_id AS document, 0 AS is_return, ${ageOf(sql`order_time`, sql`as_of`)} AS age, ${dayOf(shop, sql`order_time`)} AS day,
        toFloat64(exact) AS money, line_count AS lines, unit_count AS units, product_ids AS products, exact AS net
    FROM
    (
        SELECT
            partition, epoch, offset, order_id, order_time, ${amount} - order_discount AS exact, length(lines.line) AS line_count,
            arraySum(lines.quantity) AS unit_count, ${productsOf(sql`lines.product_id`)} AS product_ids
        FROM ${tableOf(shop, 'ledger_transactions')} WHERE (partition, epoch, offset) IN ${orders.places}
    ) AS v
    INNER JOIN (${orders.rows}) AS s ON v.partition = s.of_partition AND v.epoch = s.of_epoch AND v.offset = s.of_offset`,
        ]
      : []),
    ...(returns
      ? [
          sql`SELECT
        tag, as_of, return_id AS document, 1 AS is_return, ${ageOf(sql`refund_time`, sql`as_of`)} AS age, 0 AS day,
        0. AS money, 0 AS lines, 0 AS units, [] AS products, -refund AS net
    FROM
    (
        SELECT partition, epoch, offset, return_id, refund_time, arraySum(amount -> toDecimal128(amount, 6), lines.amount) AS refund
        FROM ${tableOf(shop, 'ledger_returns')} WHERE (partition, epoch, offset) IN ${returns.places}
    ) AS v
    INNER JOIN (${returns.rows}) AS s ON v.partition = s.of_partition AND v.epoch = s.of_epoch AND v.offset = s.of_offset`,
        ]
      : []),
  ];
}

/** Which ledger rows count for which moments: rows `tag, as_of, of_partition, of_epoch, of_offset`, and the places alone. */
function soughtAmong(
  moments: readonly CustomerMoment[],
  kind: 'orders' | 'returns',
): { rows: Sql; places: (number | bigint)[][] } | undefined {
  const sought = moments.flatMap((moment, tag) => moment[kind].map((place) => ({ tag, asOf: moment.asOf, place })));
  if (sought.length === 0) return undefined;
  const rows = sql`SELECT tag, fromUnixTimestamp64Milli(ms, 'UTC') AS as_of, of_partition, of_epoch, of_offset FROM (SELECT 1)
        ARRAY JOIN ${arrayOf(
          sought.map(({ tag }) => tag),
          'UInt32',
        )} AS tag, ${arrayOf(
          sought.map(({ asOf }) => asOf),
          'Int64',
        )} AS ms,
            ${arrayOf(
              sought.map(({ place }) => place.partition),
              'UInt16',
            )} AS of_partition, ${arrayOf(
              sought.map(({ place }) => place.epoch),
              'UInt32',
            )} AS of_epoch,
            ${arrayOf(
              sought.map(({ place }) => place.offset),
              'UInt64',
            )} AS of_offset`;
  const places = new Map(
    sought.map(({ place: { partition, epoch, offset } }) => [`${partition}/${epoch}/${offset}`, [partition, epoch, offset]]),
  );
  return { rows, places: [...places.values()] };
}

function arrayOf(values: readonly (string | number | bigint)[], type: 'UInt16' | 'UInt32' | 'Int64' | 'UInt64' | 'String'): Sql {
  return sql`CAST([${join(values.map((value) => sql`${value}`))}], ${`Array(${type})`})`;
}
