import type { AlertCustomerReads, KnownCustomer, Shop } from '#warehouse';
import { setImmediate as breathe } from 'node:timers/promises';

type Reads = Pick<AlertCustomerReads, 'versions' | 'segments'>;

/** Customers per statement: what one answer brings is taken apart at one go. */
const perStatement = 500;

/** What is known of customers, asked once each: the same scores are folded under several sets of rules. */
export class CustomerMemory implements Reads {
  readonly #versions = new Map<string, KnownCustomer[]>();
  readonly #segments = new Map<string, string>();

  constructor(
    private readonly reads: Reads,
    private readonly signal: AbortSignal,
  ) {}

  async versions(shop: Shop, ids: readonly string[]): Promise<KnownCustomer[]> {
    await this.each(ids, this.#versions, async (some) => {
      for (const id of some) this.#versions.set(id, []);
      for (const version of await this.reads.versions(shop, some)) this.#versions.get(version.customerId)?.push(version);
    });
    return ids.flatMap((id) => this.#versions.get(id) ?? []);
  }

  async segments(shop: Shop, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    await this.each(ids, this.#segments, async (some) => {
      const found = await this.reads.segments(shop, some);
      for (const id of some) this.#segments.set(id, found.get(id) ?? '');
    });
    return this.#segments;
  }

  private async each(ids: readonly string[], known: ReadonlyMap<string, unknown>, ask: (some: readonly string[]) => Promise<void>) {
    const missing = ids.filter((id) => !known.has(id));
    for (let start = 0; start < missing.length; start += perStatement) {
      this.signal.throwIfAborted();
      await ask(missing.slice(start, start + perStatement));
      await breathe();
    }
  }
}
