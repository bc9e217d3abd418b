import type { Profile } from './shops.js';

/** Models that ship: `config/models/<profile>`, one of each kind, trained on worlds that the demo does not run. */
export interface Shipped {
  readonly profile: Profile;
  /** Of the simulated worlds whose customers it is trained on, all in one shop. Never the demo's: nobody's future may be learnt by heart. */
  readonly seeds: readonly number[];
}

export const shipped: readonly Shipped[] = [{ profile: 'seed', seeds: [500, 501] }];

/** Where they lie, from the root of the repository. */
export function folderOf({ profile }: Shipped): string {
  return `config/models/${profile}`;
}
