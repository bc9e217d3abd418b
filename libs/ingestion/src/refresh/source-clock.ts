import { topicOf } from '#contracts';
import { instantOf, type LedgerTick, type Position, type Shop } from '#warehouse';

/**
 * The clock of a shop whose source says what time it is (a simulator, a replay). A tick takes effect only when the figures have
 * passed every offset it names: "no order until now" is then never a matter of lag. The result depends on the ledger alone, not on
 * where batches ended.
 */
export class SourceClock {
  #waiting: readonly LedgerTick[] = [];

  constructor(private readonly shop: Shop) {}

  /** Ticks that the ledger holds and that may not have taken effect yet. */
  add(ticks: readonly LedgerTick[]): void {
    this.#waiting = [...this.#waiting, ...ticks];
  }

  /** The latest instant that is in effect at these positions, or null. */
  at(positions: readonly Position[]): Date | null {
    const next = new Map(positions.map((each) => [`${topicOf(this.shop.shop, each.topic)}-${each.partition}`, each]));
    const passed = (tick: LedgerTick): boolean =>
      Object.entries(tick.offsets).every(([place, offset]) => {
        // A partition that the ledger does not keep has nothing to wait for.
        if (!this.keeps(place)) return true;
        const position = next.get(place);
        return BigInt(offset) === 0n || (position !== undefined && position.next >= BigInt(offset));
      });
    const effective = this.#waiting.filter(passed);
    if (effective.length === 0) return null;
    const now = effective.map((tick) => instantOf(tick.now)).reduce((a, b) => (a > b ? a : b));
    this.#waiting = this.#waiting.filter((tick) => !effective.includes(tick) && instantOf(tick.now) > now);
    return now;
  }

  private keeps(place: string): boolean {
    const topic = place.slice(0, place.lastIndexOf('-'));
    return kept.some((name) => topicOf(this.shop.shop, name) === topic);
  }
}

/** Topics that carry facts a decision may wait for. The clock's own topic is not one: a tick cannot wait for itself. */
const kept = ['customers.v1', 'products.v1', 'campaigns.v1', 'transactions.v1', 'returns.v1'] as const;
