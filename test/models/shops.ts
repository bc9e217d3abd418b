import { runCli } from '#testing';
import { parse } from 'csv-parse/sync';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { referenceFile } from '../integrity/reference.js';
import type { ServedShop } from './served.js';

export type Profile = 'seed' | 'rich';

/** Features are made of orders and returns; demand is also said of the categories of products. */
const files = ['transactions.csv', 'returns.csv', 'products.csv'];

/**
 * A history of a profile as `cli simulate` writes it: orders, returns and products.
 * @param seeds of more than one all customers are in the shop, those of each seed under ids of their own
 */
export function simulatedShop(profile: Profile, ...seeds: readonly number[]): ServedShop {
  return {
    name: [profile, ...seeds].join('-'),
    mapping: 'tideline',
    files: async (folder) => {
      const worlds = seeds.map((seed) => ({ seed, folder: seeds.length === 1 ? folder : join(folder, String(seed)) }));
      for (const world of worlds) await simulate(profile, world.seed, world.folder);
      if (worlds.length > 1) for (const file of files) await joinFiles(worlds, file, join(folder, file));
      return files.map((file) => join(folder, file));
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

/** A row of one of several worlds in one shop: worlds number orders, returns and customers alike. What is empty stays so: nobody is meant. */
export function withOwnIds<Row extends Readonly<Record<string, string>>>(row: Row, seed: number): Row {
  const own = ['order_id', 'customer_id', 'return_id'].filter((name) => row[name]).map((name) => [name, `${seed}-${row[name]}`] as const);
  return { ...row, ...Object.fromEntries(own) };
}

async function joinFiles(worlds: readonly { readonly seed: number; readonly folder: string }[], file: string, to: string): Promise<void> {
  const quoted = (value: string): string => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const lines: string[] = [];
  for (const { seed, folder } of worlds) {
    const rows = parse<Record<string, string>>(await readFile(join(folder, file)), { columns: true });
    if (lines.length === 0) lines.push(Object.keys(rows[0] ?? {}).join(','));
    for (const row of rows) lines.push(Object.values(withOwnIds(row, seed)).map(quoted).join(','));
  }
  await writeFile(to, `${lines.join('\n')}\n`);
}
