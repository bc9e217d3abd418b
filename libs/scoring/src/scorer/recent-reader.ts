import { areWithin, type LedgerVersionReads, type Position, type Shop } from '#warehouse';
import { RecentVersions } from './recent-versions.js';

/** Keeps the recent versions of a shop in step with its ledger: each row is read once, older versions with it. */
export class RecentReader {
  readonly versions = new RecentVersions();
  /** How far the ledger was read. */
  #read: readonly Position[] | undefined;

  constructor(
    private readonly shop: Shop,
    private readonly reads: LedgerVersionReads,
  ) {}

  /**
   * Reads what is new up to `ends`, with every version of what moved behind `base`, and forgets what did not.
   * @param base never goes back
   */
  async follow(base: readonly Position[], ends: readonly Position[]): Promise<void> {
    const { reads, shop, versions } = this;
    this.#read ??= base;
    const from = this.#read;
    // A tick moves the shop's time and no more: whom it makes cross should not wait for two empty answers.
    if (areWithin(ends, from)) return versions.prune(base);
    const [orders, returns] = await Promise.all([reads.orders(shop, from, ends), reads.returns(shop, from, ends)]);
    versions.addFresh([...orders, ...returns]);
    if (orders.length + returns.length > 0) {
      const orderIds = [...new Set(orders.map(({ orderId }) => orderId))];
      const returnIds = [...new Set(returns.map(({ returnId }) => returnId))];
      versions.addVersions(await reads.versionsOfReturns(shop, returnIds, orderIds, versions.places));
      const named = versions.ordersNamed(versions.returnsAmong(returnIds, orderIds));
      versions.addVersions(await reads.versionsOfOrders(shop, [...new Set([...orderIds, ...named])], versions.places));
    }
    this.#read = ends;
    versions.prune(base);
  }
}
