import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { importCommand } from './import.command.js';
import { simulateCommand } from './simulate.command.js';

let directory: string;
let printed: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-simulate-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true });
});

async function run(...words: string[]): Promise<string> {
  const command = simulateCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  await command.parseAsync(words, { from: 'user' });
  return printed;
}

const small = ['--profile', 'load', '--customers', '80', '--products', '20', '--orders', '300'];

describe('simulate', () => {
  it('writes the files and prints one object with --json', async () => {
    const out = join(directory, 'a');
    const result = JSON.parse(await run(...small, '--out', out, '--seed', '9', '--json')) as { rows: Record<string, number> };
    expect(result).toMatchObject({ profile: 'load', seed: 9, out });
    expect(Object.keys(result.rows).sort()).toEqual([
      'customers.csv',
      'ground_truth.csv',
      'marketing_campaigns.csv',
      'products.csv',
      'returns.csv',
      'stock_counts.csv',
      'transactions.csv',
    ]);
    for (const [name, rows] of Object.entries(result.rows))
      expect((await readFile(join(out, name), 'utf8')).trim().split('\n')).toHaveLength(rows + 1);
    expect(result.rows['customers.csv']).toBe(80);
  });

  it('says how to import them, and leaves the truth out of it', async () => {
    const text = await run(...small, '--out', directory);
    expect(text).toMatch(/--mapping tideline .*transactions\.csv/);
    expect(text.split('\n').find((line) => line.startsWith('Import'))).not.toContain('ground_truth');
  });

  it('writes what import counts whole by the mapping tideline', async () => {
    const { rows } = JSON.parse(await run(...small, '--out', directory, '--json')) as { rows: Record<string, number> };
    printed = '';
    const files = Object.keys(rows)
      .filter((name) => name !== 'ground_truth.csv')
      .map((name) => join(directory, name));
    const words = ['--shop', 'demo', '--mapping', 'tideline', '--rejects', join(directory, 'rejects.csv'), '--dry-run', '--json', ...files];
    await importCommand().exitOverride().parseAsync(words, { from: 'user' });
    const returned = new Set(
      (await readFile(join(directory, 'returns.csv'), 'utf8'))
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => row.split(',')[0]),
    );
    expect(JSON.parse(printed)).toMatchObject({
      rejectedRows: 0,
      saleRows: rows['transactions.csv'],
      customers: 80,
      products: 20,
      refunds: returned.size,
    });
    expect(returned.size).toBeGreaterThan(0);
  });

  it('refuses what is no number, no profile, and a place that is none', async () => {
    await expect(run('--out', directory, '--seed', '1.5')).rejects.toMatchObject({ code: 'commander.invalidArgument' });
    await expect(run('--out', directory, '--profile', 'poor')).rejects.toMatchObject({ code: 'commander.invalidArgument' });
    await expect(run(...small, '--out', '/dev/null/x')).rejects.toMatchObject({ code: 'directory-unwritable' });
    await expect(run(...small, '--orders', '0', '--out', directory)).rejects.toMatchObject({ code: 'size-invalid' });
  });
});
