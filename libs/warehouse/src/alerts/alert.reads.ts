import { join, sql, type ClickHouse, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';

/** A stretch of a list: the first so many after a place, newest first. */
export interface PageOf<Place> {
  readonly limit: number;
  readonly before: Place | undefined;
}

export interface AlertFilter {
  readonly states?: readonly string[] | undefined;
  readonly rule?: string | undefined;
  readonly assignee?: string | undefined;
  readonly customer?: string | undefined;
}

export interface SuppressionFilter {
  readonly rule?: string | undefined;
  readonly reason?: string | undefined;
  readonly customer?: string | undefined;
}

/** A step of an alert's life, or a command that was refused. */
export interface AlertLogLine {
  readonly kind: 'alert' | 'refused';
  readonly at: string;
  readonly what: string;
  readonly said_by: string;
  readonly detail: string;
  readonly state: string;
}

export interface SuppressionLine {
  readonly at: string;
  readonly customer_id: string;
  readonly rule: string;
  readonly rule_revision: number;
  readonly what: string;
  readonly detail: string;
  readonly probability: number;
  readonly net_value: string;
  /** Where it stands, for the next page. */
  readonly place: string;
}

export interface DeadLetterLine {
  readonly partition: number;
  readonly place: string;
  readonly what: string;
  readonly detail: string;
  readonly at: string;
  readonly body: string;
}

const newestFirst = sql`epoch DESC, offset DESC, step DESC`;

/** Each alert as it stands now. What never changes of an alert is looked for first, what does only in its newest row. */
function currentSql(shop: Shop, { rule, customer }: AlertFilter, id?: string): Sql {
  const fixed = all([
    sql`kind = 'alert'`,
    ...(rule === undefined ? [] : [sql`rule = ${rule}`]),
    ...(customer === undefined ? [] : [sql`customer_id = ${customer}`]),
    ...(id === undefined ? [] : [sql`alert_id = ${id}`]),
  ]);
  return sql`SELECT alert_id, state, assignee, net_value, body, JSONExtractInt(body, 'decidedAt') AS decided FROM ${log(shop)} FINAL
WHERE ${fixed} ORDER BY ${newestFirst} LIMIT 1 BY alert_id`;
}

/** Where a page of alerts begins: after this one, in the order that is asked for. */
export type AlertPagePlace =
  | { readonly sort: 'newest'; readonly decided: number; readonly alertId: string }
  | { readonly sort: 'value'; readonly netValue: string; readonly alertId: string };

export interface AlertPage extends PageOf<AlertPagePlace> {
  /** The newest decided first, or the most at stake. */
  readonly sort: AlertPagePlace['sort'];
}

function beforeSql(place: AlertPagePlace): Sql {
  const rank = place.sort === 'newest' ? sql`${place.decided}` : sql`toDecimal64(${place.netValue}, 6)`;
  return sql`(${rankSql(place.sort)}, alert_id) < (${rank}, ${place.alertId})`;
}

function rankSql(sort: AlertPagePlace['sort']): Sql {
  return sort === 'newest' ? sql`decided` : sql`net_value`;
}

/** Alerts, the newest decided or the most at stake first. */
export function alertPageSql(shop: Shop, filter: AlertFilter, { sort, limit, before }: AlertPage): Sql {
  const now = all([
    ...(filter.states === undefined ? [] : [sql`state IN ${filter.states}`]),
    ...(filter.assignee === undefined ? [] : [sql`assignee = ${filter.assignee}`]),
    ...(before === undefined ? [] : [beforeSql(before)]),
  ]);
  return sql`SELECT body FROM (${currentSql(shop, filter)})
WHERE ${now} ORDER BY ${rankSql(sort)} DESC, alert_id DESC LIMIT ${limit}`;
}

/** How many alerts are in each state. */
export function alertCountsSql(shop: Shop, filter: AlertFilter): Sql {
  const mine = filter.assignee === undefined ? sql`1` : sql`assignee = ${filter.assignee}`;
  return sql`SELECT state, count() AS alerts FROM (${currentSql(shop, filter)}) WHERE ${mine} GROUP BY state ORDER BY state`;
}

/** Everything that happened to one alert, in its order. */
export function alertLogSql(shop: Shop, alertId: string): Sql {
  return sql`SELECT kind, at, what, said_by, detail, state FROM ${log(shop)} FINAL
WHERE kind IN ('alert', 'refused') AND alert_id = ${alertId} ORDER BY epoch, offset, step`;
}

/** What came of a command: its step, or why there is none. The message has a place, so it is found by the key. */
export function alertOutcomeSql(shop: Shop, partition: number, offset: bigint, eventId: string): Sql {
  return sql`SELECT kind, what, detail, body FROM ${log(shop)} FINAL
WHERE kind IN ('alert', 'refused') AND partition = ${partition} AND offset = ${offset} AND event_id = ${eventId}
    AND what NOT IN ('woken', 'expired') ORDER BY ${newestFirst} LIMIT 1`;
}

/** Alerts that were not sent, the newest first. */
export function suppressionPageSql(shop: Shop, filter: SuppressionFilter, { limit, before }: PageOf<readonly string[]>): Sql {
  const place = sql`(toUnixTimestamp64Milli(l.at), partition, epoch, offset, step)`;
  const wanted = all([
    suppressed(filter),
    ...(before === undefined ? [] : [sql`${place} < (${join(before.map((each) => sql`${BigInt(each)}`))})`]),
  ]);
  return sql`SELECT at, customer_id, rule, rule_revision, what, detail, probability, net_value, arrayStringConcat(arrayMap(x -> toString(x),
    [toUnixTimestamp64Milli(l.at), toInt64(partition), toInt64(epoch), toInt64(offset), toInt64(step)]), '.') AS place
FROM ${log(shop)} AS l FINAL WHERE ${wanted} ORDER BY l.at DESC, partition DESC, epoch DESC, offset DESC, step DESC LIMIT ${limit}`;
}

/** How many there are of each reason, whatever reason the page is asked for. */
export function suppressionCountsSql(shop: Shop, { rule, customer }: SuppressionFilter): Sql {
  return sql`SELECT what, count() AS suppressions FROM ${log(shop)} FINAL WHERE ${suppressed({ rule, customer })} GROUP BY what ORDER BY what`;
}

function suppressed({ rule, reason, customer }: SuppressionFilter): Sql {
  return all([
    sql`kind = 'suppressed'`,
    ...(rule === undefined ? [] : [sql`rule = ${rule}`]),
    ...(reason === undefined ? [] : [sql`what = ${reason}`]),
    ...(customer === undefined ? [] : [sql`customer_id = ${customer}`]),
  ]);
}

/** What the API and the live room ask of the alert log. */
export class AlertReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** JSON of alerts as they stand now. */
  async page(shop: Shop, filter: AlertFilter, page: AlertPage): Promise<string[]> {
    return (await this.clickhouse.query<{ body: string }>(alertPageSql(shop, filter, page))).map(({ body }) => body);
  }

  async counts(shop: Shop, filter: AlertFilter): Promise<ReadonlyMap<string, number>> {
    const rows = await this.clickhouse.query<{ state: string; alerts: string }>(alertCountsSql(shop, filter));
    return new Map(rows.map(({ state, alerts }) => [state, Number(alerts)]));
  }

  /** JSON of one alert as it stands now. */
  async find(shop: Shop, alertId: string): Promise<string | undefined> {
    const [row] = await this.clickhouse.query<{ body: string }>(currentSql(shop, {}, alertId));
    return row?.body;
  }

  log(shop: Shop, alertId: string): Promise<AlertLogLine[]> {
    return this.clickhouse.query(alertLogSql(shop, alertId));
  }

  async outcome(
    shop: Shop,
    partition: number,
    offset: bigint,
    eventId: string,
  ): Promise<{ kind: 'alert' | 'refused'; what: string; detail: string; body: string } | undefined> {
    const [row] = await this.clickhouse.query<{ kind: 'alert' | 'refused'; what: string; detail: string; body: string }>(
      alertOutcomeSql(shop, partition, offset, eventId),
    );
    return row;
  }

  suppressions(shop: Shop, filter: SuppressionFilter, page: PageOf<readonly string[]>): Promise<SuppressionLine[]> {
    return this.clickhouse.query(suppressionPageSql(shop, filter, page));
  }

  async suppressionCounts(shop: Shop, filter: SuppressionFilter): Promise<Record<string, number>> {
    const rows = await this.clickhouse.query<{ what: string; suppressions: string }>(suppressionCountsSql(shop, filter));
    return Object.fromEntries(rows.map(({ what, suppressions }) => [what, Number(suppressions)]));
  }

  /** The newest dead letters of `alerts.v1`. */
  deadLetters(shop: Shop, limit: number): Promise<DeadLetterLine[]> {
    return this.clickhouse.query(sql`SELECT partition, toString(offset) AS place, what, detail, at, body FROM ${log(shop)} FINAL
WHERE kind = 'dead' ORDER BY at DESC, partition, offset DESC LIMIT ${limit}`);
  }

  async deadLetterCounts(shop: Shop): Promise<Record<string, number>> {
    const rows = await this.clickhouse.query<{ what: string; letters: string }>(
      sql`SELECT what, count() AS letters FROM ${log(shop)} FINAL WHERE kind = 'dead' GROUP BY what ORDER BY what`,
    );
    return Object.fromEntries(rows.map(({ what, letters }) => [what, Number(letters)]));
  }
}

function log(shop: Shop): Sql {
  return tableOf(shop, 'alert_log');
}

function all(predicates: readonly Sql[]): Sql {
  return predicates.length === 0 ? sql`1` : join(predicates, ' AND ');
}
