import { openEmbedded, type ClickHouse } from '#clickhouse';
import { sampled } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { everyCellIsExact } from './property.js';

let directory: string;
let store: ClickHouse;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-properties-'));
  store = await openEmbedded(directory);
});
afterAll(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

// The long runs are `npm run test:integrity -- properties`.
it.each(sampled([101, 102], 2))('every cell is exact, whatever happens in whatever order, seed %i', async (seed) => {
  const counts = await everyCellIsExact(store, { seed, runs: 4 });
  expect(counts.crashes).toBeGreaterThan(0);
});
