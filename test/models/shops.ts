import { runCli } from '#testing';
import { join } from 'node:path';
import { referenceFile } from '../integrity/reference.js';
import type { ServedShop } from './served.js';

export type Profile = 'seed' | 'rich';

/** A history of a profile as `cli simulate` writes it: orders and returns, which is all that features are made of. */
export function simulatedShop(profile: Profile, seed: number): ServedShop {
  return {
    name: `${profile}-${seed}`,
    mapping: 'tideline',
    files: async (folder) => {
      await simulate(profile, seed, folder);
      return ['transactions', 'returns'].map((name) => join(folder, `${name}.csv`));
    },
  };
}

/** One real year. @throws when the file is not there */
export function referenceShop(): ServedShop {
  return { name: 'online-retail', mapping: 'online-retail', files: () => Promise.resolve([referenceFile()]) };
}

export async function simulate(profile: Profile, seed: number, out: string): Promise<void> {
  const { code, errors } = await runCli(['simulate', '--profile', profile, '--seed', String(seed), '--out', out, '--json']);
  if (code !== 0) throw new Error(`simulate ended with code ${code}: ${errors}`);
}
