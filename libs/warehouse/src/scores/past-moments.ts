import { sql, type Sql } from '#clickhouse';
import { featuresOf, type MbgParameters } from '../features/customer-features.js';
import { dayOf, productsOf } from '../features/documents.js';
import { tableOf, type Shop } from '../shop.js';
import { stakeDays } from './customer-moments.js';

export interface PastMomentsQuery {
  /** Unix milliseconds: each customer at `from`, and at each instant after it, up to `to`, at which something of his became known. */
  readonly from: number;
  readonly to: number;
  readonly mbg: MbgParameters;
  /** Dense keys, both ends included. */
  readonly fromKey: number;
  readonly toKey: number;
}

/** Later than any instant. */
const never = sql`9223372036854775807`;
const dayMs = 86_400_000;

/**
 * Customers in the past, each at the instants at which his features were moved by more than silence: a row per customer and instant with
 * an order, `customer_id`, `at` and `ends` (Unix milliseconds; nothing of his moved from `at` to `ends`), the features as Float32,
 * `known_orders`, and of the orders and refunds that may be at stake their age and net.
 *
 * What was known when is the rule of `documentsOfVersions`, at every instant at once: a version is known from the later of event and
 * arrival until one that beats it is. No list of ids or instants is sent: the text is as short for a year of all customers as for a day
 * of one, and the ledger alone is read, so nothing has to stand still meanwhile.
 */
export function pastMomentsSql(shop: Shop, { from, to, mbg, fromKey, toKey }: PastMomentsQuery): Sql {
  const keys = tableOf(shop, 'dim_customer_keys');
  const ids = sql`SELECT customer_id FROM ${keys} WHERE customer_key >= ${fromKey} AND customer_key <= ${toKey}`;
  const inside = sql`customer IN (${ids}) AND starts < ends AND starts <= ${to} AND ends > ${from}`;
  const document = sql`customer, (starts, ends, moment, document, is_return, day, money, lines, units, products, net) AS one`;
  const all = sql`SELECT ${document} FROM (${salesOf(shop, ids)}) WHERE ${inside}
        UNION ALL SELECT ${document} FROM (${refundsOf(shop, ids)}) WHERE ${inside}`;
  const customers = sql`SELECT
        customer, groupArray(one) AS documents,
        arraySort(arrayDistinct(arrayPushFront(arrayFilter(x -> x > ${from} AND x <= ${to}, arrayConcat(documents.1, documents.2)), ${from}))) AS instants
    FROM
    (
        ${all}
    )
    GROUP BY customer`;
  const moments = sql`SELECT
        customer, at, ends, arrayFilter(d -> d.1 <= at AND d.2 > at AND NOT d.5, documents) AS sales,
        arrayFilter(d -> d.1 <= at AND d.2 > at AND d.5, documents) AS refunds
    FROM
    (
        ${customers}
    )
    ARRAY JOIN instants AS at, arrayPushBack(arrayMap(x -> x - 1, arrayPopFront(instants)), ${to}) AS ends`;
  const lists = sql`SELECT
    customer, at, ends, fromUnixTimestamp64Milli(at, 'UTC') AS as_of,
    arraySort(o -> (-o.1, o.2), arrayMap(d -> (at - d.3, d.4, d.6, d.7, d.8, d.9, d.10), sales)) AS ordered,
    length(refunds) AS refunded, arrayMin(arrayMap(d -> at - d.3, refunds)) AS since_refund,
    arrayFilter(s -> s.1 < ${stakeDays * dayMs}, arrayMap(d -> (at - d.3, toDecimal128(d.11, 6)), arrayConcat(sales, refunds))) AS staked
FROM
(
    ${moments}
)
WHERE notEmpty(sales)`;
  const more = sql`,\n    toUInt32(orders) AS known_orders,\n    staked.1 AS stake_ages,\n    staked.2 AS stake_nets`;
  return featuresOf(sql`customer AS customer_id, at, ends`, lists, sql`as_of`, mbg, more);
}

const accepted = sql`verdict = 'accepted'`;
/** When a version became known, and when one that beats it did. Of two that are the same the first one counts. */
const knownOf = sql`toUnixTimestamp64Milli(greatest(recorded_time, event_time)) AS known`;
const beatenOf = (id: Sql): Sql =>
  sql`min(known) OVER (PARTITION BY ${id} ORDER BY revision DESC, hash DESC, known ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS beaten`;
const untilOf = sql`if(beaten = 0, ${never}, beaten)`;

/** Orders of customers, each version with the time in which it was the one that counts. */
function salesOf(shop: Shop, ids: Sql): Sql {
  const ledger = tableOf(shop, 'ledger_transactions');
  const amount = sql`arraySum((price, quantity, discount) -> toDecimal128(price, 6) * quantity - discount, lines.unit_price, lines.quantity, lines.discount)`;
  return sql`SELECT
            customer_id AS customer, order_id AS document, false AS is_return, toUnixTimestamp64Milli(order_time) AS moment, ${dayOf(shop, sql`order_time`)} AS day,
            toFloat64(exact) AS money, line_count AS lines, unit_count AS units, product_ids AS products, exact AS net,
            greatest(known, moment) AS starts, ${untilOf} AS ends
        FROM
        (
            SELECT
                order_id, customer_id, order_time, cancelled, ${knownOf}, ${beatenOf(sql`order_id`)}, ${amount} - order_discount AS exact,
                length(lines.line) AS line_count, arraySum(lines.quantity) AS unit_count, ${productsOf(sql`lines.product_id`)} AS product_ids
            FROM ${ledger}
            WHERE ${accepted} AND order_id IN (SELECT order_id FROM ${ledger} WHERE ${accepted} AND customer_id IN (${ids}))
        )
        WHERE NOT cancelled`;
}

/** Refunds: whose one is follows from the order as it was known then; while that was not known, from the return itself. */
function refundsOf(shop: Shop, ids: Sql): Sql {
  const [ledger, sales] = [tableOf(shop, 'ledger_returns'), tableOf(shop, 'ledger_transactions')];
  const returns = sql`SELECT
                return_id, order_id AS of, customer_id AS named, refunded, refund_time, revision, hash, ${knownOf}, ${beatenOf(sql`return_id`)},
                arraySum(amount -> toDecimal128(amount, 6), lines.amount) AS refund
            FROM ${ledger}
            WHERE ${accepted} AND return_id IN (SELECT return_id FROM ${ledger} WHERE ${accepted}
                AND (customer_id IN (${ids}) OR order_id IN (SELECT order_id FROM ${sales} WHERE ${accepted} AND customer_id IN (${ids}))))`;
  const orders = sql`SELECT order_id AS id, customer_id AS owner, cancelled AS gone, ${knownOf}, ${beatenOf(sql`id`)}
            FROM ${sales} WHERE ${accepted} AND order_id IN (SELECT order_id FROM ${ledger} WHERE ${accepted})`;
  const columns = sql`return_id AS document, true AS is_return, toUnixTimestamp64Milli(refund_time) AS moment, toInt32(0) AS day,
            toFloat64(0) AS money, toUInt64(0) AS lines, toUInt64(0) AS units, CAST([], 'Array(UInt64)') AS products, -refund AS net`;
  const ends = sql`if(r.beaten = 0, ${never}, r.beaten)`;
  return sql`SELECT
            o.owner AS customer, ${columns}, greatest(r.known, o.known, moment) AS starts, least(${ends}, if(o.beaten = 0, ${never}, o.beaten)) AS ends
        FROM (${returns}) AS r INNER JOIN (${orders}) AS o ON r.of = o.id
        WHERE r.refunded AND NOT o.gone
        UNION ALL
        SELECT
            r.named AS customer, ${columns}, greatest(r.known, moment) AS starts, least(${ends}, if(f.first = 0, ${never}, f.first)) AS ends
        FROM (${returns}) AS r LEFT JOIN (SELECT id, min(known) AS first FROM (${orders}) GROUP BY id) AS f ON r.of = f.id
        WHERE r.refunded`;
}
