import type { Streaming } from '#streaming';
import { isSandbox, type Shop } from '#warehouse';
import { TopicRefreshClaim, type RefreshClaim } from './refresh-claim.js';

/** Names the control topic that all sandboxes share; no shop's id holds a dot. */
const sandboxes = 'tideline.sandboxes';

/** Claims where several processes may refresh: one topic for each shop, one for all sandboxes, which come and go. */
export function claimsOver(streaming: Streaming, claimedBy: string): (shop: Shop) => RefreshClaim {
  const shared = new SharedClaim(() => new TopicRefreshClaim(sandboxes, streaming, claimedBy));
  return (shop) => (isSandbox(shop) ? shared.share() : new TopicRefreshClaim(shop.shop, streaming, claimedBy));
}

/** One claim for several shops: made for the first of them, given back with the last. */
export class SharedClaim {
  #claim: RefreshClaim | undefined;
  #shares = 0;

  constructor(private readonly make: () => RefreshClaim) {}

  share(): RefreshClaim {
    this.#claim ??= this.make();
    this.#shares += 1;
    const claim = this.#claim;
    let given = false;
    return {
      acquire: () => claim.acquire(),
      release: async () => {
        if (given) return;
        given = true;
        this.#shares -= 1;
        if (this.#shares > 0) return;
        this.#claim = undefined;
        await claim.release();
      },
    };
  }
}
