import { thorough } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emptyTally, killAll } from './kills.js';
import { hasStrace } from './victim.js';

// Needs the build (npm test makes it). The long run is `npm run test:integrity -- kills`.

const traced = await hasStrace();
let work: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'tideline-kills-'));
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

it.skipIf(!traced)('is exact after kill -9 at renames and at random times (needs strace: apt-get install strace)', async () => {
  const tally = emptyTally();
  await killAll(work, { subject: 'product', seed: 1, aimed: 2, random: 1 }, tally);
  expect(tally).toMatchObject({ wrong: 0, cells: 0 });
  expect(tally.aimed).toBeGreaterThan(0);
});

// Shows that the kills hit where it hurts.
if (thorough)
  it.skipIf(!traced)('is not, with deduplication tokens and a view that sums (needs strace)', async () => {
    const tally = emptyTally();
    await killAll(work, { subject: 'tokens-and-views', seed: 1, aimed: 5, random: 0 }, tally);
    expect(tally.wrong).toBeGreaterThan(0);
  });
