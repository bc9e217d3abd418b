import { customerTypes, heldOutShare, type CustomerType } from '../law/constants.data.js';
import type { Profile } from '../law/profiles.js';
import type { CampaignRun } from '../law/season.js';
import { exp } from '../random/exact-math.js';
import { Stream } from '../random/stream.js';

/** The hidden truth about a customer. It goes to the ground-truth file, never into an event. */
export interface Latent {
  readonly type: CustomerType;
  readonly buys: boolean;
  /** Visits per day while the relation lasts, before season. */
  readonly rate: number;
  /** Hazard per day that the relation ends. */
  readonly dropout: number;
  /** Factor on a campaign's uplift, 0 to 2, mean 1. */
  readonly sensitivity: number;
  /** Factor on the value of its orders. */
  readonly spending: number;
}

const typeWeights = customerTypes.map(({ weight }) => weight);

/** @param customer index, 0 is C000001 */
export function latentOf(seed: number, customer: number, profile: Profile): Latent {
  const random = new Stream(seed, 'latent', customer);
  const type = customerTypes[random.weighted(typeWeights)] ?? random.pick(customerTypes);
  return {
    type,
    buys: random.chance(profile.c),
    rate: (profile.nu * type.rate * random.gamma(profile.r)) / profile.r,
    dropout: (profile.mu * type.dropout * random.gamma(profile.s)) / profile.s,
    sensitivity: 2 * random.beta22(),
    spending: exp(profile.sigmaCustomer * random.normal()),
  };
}

/** Whether a campaign does not reach a customer. */
export function isHeldOut(seed: number, customer: number, campaign: CampaignRun): boolean {
  return new Stream(seed, 'holdout', customer, campaign.number).chance(heldOutShare);
}
