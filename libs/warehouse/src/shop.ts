import type { Sql } from '#clickhouse';
import { ident } from '#clickhouse';

/** Where the shop's time comes from: its own events, a simulator or replay, or the wall clock. */
export type ClockMode = 'wall' | 'source' | 'data';

/** A shop: the unit of isolation. Its own database, topics, clock and refresher. */
export interface Shop {
  readonly shop: string;
  readonly database: string;
  /** Whose ledger its figures are a fold of, where that is not its own: figures recomputed beside those on show have none. */
  readonly ledgerDatabase?: string;
  /** IANA name; days, weeks and months of every figure are in it. */
  readonly timeZone: string;
  /** ISO 4217; an event in another currency is rejected. */
  readonly currency: string;
  /** Month, 1 to 12, in which the fiscal year starts. */
  readonly fiscalYearStart: number;
  readonly clockMode: ClockMode;
}

/** `online-retail` -> `shop_online_retail`. Shop ids hold no underscore, so two shops never share a database. */
export function databaseOf(shop: string): string {
  return `shop_${shop.replaceAll('-', '_')}`;
}

/** A table of the shop, quoted. */
export function tableOf(shop: Pick<Shop, 'database' | 'ledgerDatabase'>, table: string): Sql {
  return ident(/^ledger(_|$)/.test(table) ? (shop.ledgerDatabase ?? shop.database) : shop.database, table);
}
