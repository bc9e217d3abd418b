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
  /** Of a sandbox: the shop whose ledger is replayed into it. Its messages come on no topic. */
  readonly replayOf?: string;
  /** Of a sandbox: whether its customers are scored as it replays, and alerts about them opened. Those have a topic. */
  readonly scored?: true;
}

/** Whether a shop was made by a replay: no topic feeds it, and it can be deleted. */
export function isSandbox(shop: Pick<Shop, 'replayOf'>): boolean {
  return shop.replayOf !== undefined;
}

/** Whether customers of a shop are scored and alerted about: of every live one, and of sandboxes that were asked for so. */
export function isScored(shop: Pick<Shop, 'replayOf' | 'scored'>): boolean {
  return !isSandbox(shop) || shop.scored === true;
}

/**
 * `online-retail` -> `shop_online_retail`. Shop ids hold no underscore, so two shops never share a database.
 * @param incarnation counts the sandboxes that had this name: the second one is `shop_x__2`, and no id holds two hyphens in a row
 */
export function databaseOf(shop: string, incarnation = 1): string {
  return `shop_${shop.replaceAll('-', '_')}${incarnation > 1 ? `__${incarnation}` : ''}`;
}

/** A table of the shop, quoted. */
export function tableOf(shop: Pick<Shop, 'database' | 'ledgerDatabase'>, table: string): Sql {
  return ident(/^ledger(_|$)/.test(table) ? (shop.ledgerDatabase ?? shop.database) : shop.database, table);
}
