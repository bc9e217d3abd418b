import { join, sql, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import type { LogPlace } from './delivery-log.js';

export interface DeliveryFilter {
  readonly state?: string | undefined;
  readonly channel?: string | undefined;
  readonly subject?: string | undefined;
  readonly id?: string | undefined;
}

/** Columns that say how a delivery stands. */
export const standing = sql`at, id, turn, what, state, channel, about, subject, step, created_at, tried_since, attempts, next_at, digest_at,
    said_by, detail`;

/**
 * Each delivery as it stands. What was delivered stays so: of two senders in one moment one may have failed. What never changes of a
 * delivery is looked for first, what does only in its newest row.
 */
export function deliveriesSql(shop: Shop, { state, channel, subject, id }: DeliveryFilter): Sql {
  const fixed = [
    sql`kind = 'delivery'`,
    ...(channel === undefined ? [] : [sql`channel = ${channel}`]),
    ...(subject === undefined ? [] : [sql`subject = ${subject}`]),
    ...(id === undefined ? [] : [sql`id = ${id}`]),
  ];
  const now = state === undefined ? sql`` : sql` WHERE state = ${state}`;
  return sql`SELECT * FROM (SELECT ${standing} FROM ${log(shop)} FINAL
WHERE ${join(fixed, ' AND ')} ORDER BY state = 'delivered' DESC, turn DESC, at DESC LIMIT 1 BY id)${now}`;
}

/** The newest first. */
export function deliveryPageSql(shop: Shop, filter: DeliveryFilter, limit: number): Sql {
  return sql`${deliveriesSql(shop, filter)} ORDER BY created_at DESC, id LIMIT ${limit}`;
}

/** How many are in each state, whatever state the page is asked for. */
export function deliveryCountsSql(shop: Shop, { channel, subject }: DeliveryFilter): Sql {
  return sql`SELECT state, count() AS deliveries FROM (${deliveriesSql(shop, { channel, subject })}) GROUP BY state ORDER BY state`;
}

/** Those that wait, of each channel so many, the one that is due first first: a channel that is away stands in no other's way. */
export function waitingDeliveriesSql(shop: Shop, limit: number): Sql {
  return sql`${deliveriesSql(shop, { state: 'waiting' })} ORDER BY next_at, id LIMIT ${limit} BY channel`;
}

/** Steps that were written since an instant, whoever wrote them: a range of the table's key. */
export function deliveryStepsSql(shop: Shop, since: Date): Sql {
  return sql`SELECT ${standing} FROM ${log(shop)} FINAL WHERE kind = 'delivery' AND at >= ${since} ORDER BY at, id, turn`;
}

/** What is sent. The instants of their creation make it a look-up by the table's key. */
export function deliveryBodiesSql(shop: Shop, ids: readonly string[], created: readonly Date[]): Sql {
  return sql`SELECT id, body FROM ${log(shop)} FINAL
WHERE kind = 'delivery' AND at IN ${created} AND id IN ${ids} AND turn = 0 LIMIT 1 BY id`;
}

/** Everything that happened to one, in its order. */
export function deliveryLogSql(shop: Shop, id: string): Sql {
  return sql`SELECT ${standing}, body FROM ${log(shop)} FINAL WHERE kind = 'delivery' AND id = ${id} ORDER BY turn, at`;
}

/** How far each partition of the alert log was read. */
export function deliveryPlacesSql(shop: Shop): Sql {
  return sql`SELECT id, log_epoch, toString(log_offset) AS place, log_step FROM ${log(shop)} FINAL
WHERE kind = 'place' ORDER BY log_epoch DESC, log_offset DESC, log_step DESC LIMIT 1 BY id`;
}

/**
 * Steps of alerts behind the places, in the order of the log: of each partition the next so many. A batch of the owner is one part, and a
 * partition's batches are written one after another: nothing appears before a place later on that was not there with the same key.
 * Written out column by column: a comparison of tuples the engine does not look up in the key, and would read every step there ever was.
 */
export function alertStepsSql(shop: Shop, places: readonly LogPlace[], limit: number): Sql {
  const behind = places.map(
    ({ partition, epoch, offset, step }) =>
      sql`(partition = ${partition} AND (epoch > ${epoch} OR (epoch = ${epoch} AND (offset > ${offset} OR (offset = ${offset} AND step > ${step})))))`,
  );
  const fresh = sql`partition NOT IN ${places.map(({ partition }) => partition)}`;
  const where = places.length === 0 ? sql`1` : sql`(${join([...behind, fresh], ' OR ')})`;
  return sql`SELECT partition, epoch, toString(offset) AS place, step, what, alert_id, rule, at, written_at, body FROM ${tableOf(shop, 'alert_log')} FINAL
WHERE kind = 'alert' AND ${where} ORDER BY partition, epoch, offset, step LIMIT ${limit} BY partition`;
}

function log(shop: Shop): Sql {
  return tableOf(shop, 'delivery_log');
}
