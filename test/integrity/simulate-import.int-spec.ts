import { profileOf } from '#simulation';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importWorld } from './simulate-import.js';

// A small world as files through the built importer, Kafka and the store. Needs the build (npm test makes it).

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'tideline-simulate-import-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));

it('a simulated shop as files gives the cells of its stream', async () => {
  const size = { customers: 300, products: 40, orders: 900 };
  const words = ['--profile', 'load', '--seed', '7', ...Object.entries(size).flatMap(([name, count]) => [`--${name}`, String(count)])];
  const measures = await importWorld(work, { profile: profileOf('load', size), seed: 7 }, words);
  expect(measures.filter(({ ok }) => !ok)).toEqual([]);
  expect(measures.find(({ measure }) => measure === 'events imported')?.value).toBeGreaterThan(1_000);
}, 240_000);
