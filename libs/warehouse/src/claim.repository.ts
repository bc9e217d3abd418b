import { ident, sql, type ClickHouse } from '#clickhouse';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { tableOf, type Shop } from './shop.js';
import { WarehouseError } from './warehouse.errors.js';

/** Bits of a generation below the claim: a refresher that takes over always writes higher generations. */
const counterBits = 40n;
/** How often the store is asked whether statements of an earlier claim have ended. */
const drainMs = 20;

/** Every table whose rows a refresher writes for good. A test compares this with the store: none may be left out. */
export const fencedTables = [
  ...['fact_sales', 'fact_returns', 'fact_returns_left_out', 'facts_by_customer', 'fact_campaign_days', 'fact_stock_counts'],
  ...['dim_customer_keys', 'dim_customers', 'dim_products', 'dim_campaigns', 'dim_geography'],
  ...['agg_headline', 'agg_kpi', 'agg_customer_month', 'agg_customer', 'agg_campaign_day', 'watermark', 'live_checkpoints', 'write_phases'],
] as const;

/** The right to write a shop's figures, as the store knows it. The newest claim has it. */
export interface Claim {
  /** Grows by at least one with each claim. */
  readonly number: number;
  readonly claimedBy: string;
}

/** First generation of a claim; all of the claims before it lie below. */
export function generationOf(claim: number): bigint {
  return BigInt(claim) << counterBits;
}

/** The claim that a generation belongs to. */
export function claimOf(generation: bigint): number {
  return Number(generation >> counterBits);
}

/**
 * Claims, and what makes them hold: where several processes may write one store, the store refuses rows of every claim but the
 * newest. A refresher that was paused for hours between any two statements then does no more harm than one that was killed there.
 */
export class ClaimRepository {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** Whether there may be others who claim. */
  get shared(): boolean {
    return this.clickhouse.shared;
  }

  /**
   * Claims the refresh of a shop. When it resolves, nothing that an earlier claim sends is written any more, and nothing that it sent
   * before is still being written.
   * @throws {WarehouseError} `claim-lost` when another process claimed the shop meanwhile
   */
  async claim(shop: Shop, claimedBy: string): Promise<Claim> {
    const number = await this.number(shop, claimedBy);
    if (!this.shared) return { number, claimedBy };
    await Promise.all(fencedTables.map((table) => this.fence(shop, table, number)));
    await this.drain(shop);
    // One that was paused above has put the fence lower than a newer claim had it. It must not write then: those before it cannot.
    const newest = await this.newest(shop);
    if (newest?.number !== number) throw lost(shop, newest);
    return { number, claimedBy };
  }

  /** Who may write the shop's figures. Undefined before the first claim. */
  async newest(shop: Shop): Promise<Claim | undefined> {
    const [row] = await this.clickhouse.query<{ claim: number; by: string }>(
      sql`SELECT claim, claimed_by AS by FROM ${tableOf(shop, 'claims')} ORDER BY claim DESC LIMIT 1`,
      'refresher',
    );
    return row && { number: row.claim, claimedBy: row.by };
  }

  /** A number that is nobody else's: two who claim at the same moment may count to the same one, and the later of them sees it. */
  private async number(shop: Shop, claimedBy: string): Promise<number> {
    const claims = tableOf(shop, 'claims');
    for (;;) {
      const token = randomUUID();
      await this.clickhouse.command(
        sql`INSERT INTO ${claims} (claim, claimed_at, claimed_by, token) SELECT max(claim) + 1, now64(3), ${claimedBy}, ${token} FROM ${claims}`,
        'refresher',
      );
      const rows = await this.clickhouse.query<{ claim: number }>(
        sql`SELECT claim FROM ${claims} WHERE claim = (SELECT claim FROM ${claims} WHERE token = ${token})`,
        'refresher',
      );
      const [own, ...others] = rows;
      if (own && others.length === 0) return own.claim;
    }
  }

  /** The engine checks it on every block, right before it writes the part. */
  private fence(shop: Shop, table: string, claim: number): Promise<void> {
    return this.clickhouse.command(
      sql`ALTER TABLE ${tableOf(shop, table)} DROP CONSTRAINT IF EXISTS fence, ADD CONSTRAINT fence CHECK generation >= ${generationOf(claim)}`,
      'refresher',
    );
  }

  /** Waits for the inserts that began before the fence stood. */
  private async drain(shop: Shop): Promise<void> {
    let running = await this.inserts(shop);
    while (running.length > 0) {
      await sleep(drainMs);
      const now = new Set(await this.inserts(shop));
      running = running.filter((id) => now.has(id));
    }
  }

  private async inserts(shop: Shop): Promise<string[]> {
    const rows = await this.clickhouse.query<{ query_id: string }>(
      sql`SELECT query_id FROM ${ident('system', 'processes')} WHERE query_kind = 'Insert' AND position(query, ${shop.database}) > 0`,
      'refresher',
    );
    return rows.map(({ query_id }) => query_id);
  }
}

/** Whether an error says that another refresher is the newest one. */
export function isLost(error: unknown): error is WarehouseError {
  return error instanceof WarehouseError && error.code === 'claim-lost';
}

/** A refresher that is not the newest one any more. */
export function lost(shop: Shop, newest: Claim | undefined): WarehouseError {
  return new WarehouseError(
    'claim-lost',
    `Another process (${newest?.claimedBy ?? 'unknown'}) refreshes ${shop.shop} now: this step is dropped, that one does it. Nothing is lost.`,
  );
}
