import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { thorough } from '#testing';
import { silence } from './silence.js';

// The short form of `npm run test:integrity -- silence`. Needs the build (npm test makes it).

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-silence-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it('tells all that was decided, and the same to the byte, when the scorer is killed', async () => {
  const measures = await silence(directory, { kills: thorough ? 3 : 1, crossings: 0 });
  expect(measures.filter(({ ok }) => !ok)).toEqual([]);
}, 600_000);
