import { instantText, lastDay, worldStart } from '../law/calendar.js';
import { campaignKinds, historyDays } from '../law/constants.data.js';
import { campaignRun } from '../law/season.js';
import { BuyerPath } from '../world/buyer-path.js';
import { customerId } from '../world/ids.js';
import { isHeldOut, latentOf } from '../world/latent.js';
import { registrationOf } from '../world/registrations.js';
import { campaignId } from '../world/tracked-campaigns.js';
import type { World } from '../world/world.js';

export const groundTruthColumns = [
  'customer_id',
  'type',
  'buys',
  'visits_per_day',
  'dropout_per_day',
  'spending_factor',
  'campaign_sensitivity',
  'first_order_at',
  'relation_ends_at',
  'held_out_of',
] as const;

/**
 * What no event says: one row per customer of the history, in the order of `groundTruthColumns`. The end of a relation may
 * lie after the history; it is as the orders of the history decide it, a later return may still bring it forward.
 */
export function* groundTruth({ law, profile, seed }: World): Generator<string[]> {
  const tracked = [2024, 2025].flatMap((year) => campaignKinds.flatMap((kind, index) => (kind.tracked ? [campaignRun(year, index)] : [])));
  for (let customer = 0; customer < profile.customers; customer += 1) {
    const latent = latentOf(seed, customer, profile);
    let first = '';
    let end = '';
    if (latent.buys) {
      const path = new BuyerPath(law, customer, latent, registrationOf(seed, customer, profile));
      first = path.next < historyDays ? instantOf(path.next) : '';
      while (path.next < historyDays) path.take();
      end = instantOf(path.end);
    }
    const heldOut = tracked.filter((campaign) => isHeldOut(seed, customer, campaign)).map(campaignId);
    yield [
      customerId(customer),
      latent.type.name,
      String(latent.buys),
      String(latent.rate),
      String(latent.dropout),
      String(latent.spending),
      String(latent.sensitivity),
      first,
      end,
      heldOut.join(' '),
    ];
  }
}

/** The law's time, before the hours of the day are put in: good to the day. Empty where the world has ended by then. */
function instantOf(day: number): string {
  return day < lastDay ? instantText(worldStart + Math.floor(day * 86_400) * 1_000) : '';
}
