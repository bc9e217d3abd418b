import type { Shop, StandingDelivery } from '#warehouse';
import { expect, it } from 'vitest';
import { Recorder } from './recorder.js';

const shop = { shop: 'demo' } as Shop;
const row = (id: string): StandingDelivery => ({ id }) as StandingDelivery;

it('asks a store that is away later each time, says meanwhile that nothing more is to be begun, and writes each outcome once', async () => {
  let isAway = true;
  const [written, pauses, behind]: [string[][], number[], boolean[]] = [[], [], []];
  const outbox = {
    append: (_shop: Shop, rows: readonly StandingDelivery[]) => {
      if (isAway) return Promise.reject(new Error('away'));
      written.push(rows.map(({ id }) => id));
      return Promise.resolve();
    },
  };
  const recorder: Recorder = new Recorder(
    shop,
    outbox,
    () => undefined,
    new AbortController().signal,
    (ms) => {
      pauses.push(ms);
      behind.push(recorder.isBehind);
      if (pauses.length === 7) isAway = false;
      return Promise.resolve();
    },
  );
  expect(recorder.isBehind).toBe(false);
  await Promise.all([recorder.write([row('a')]), recorder.write([row('b')])]);
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(behind).toEqual(Array(7).fill(true));
  expect(written).toEqual([['a', 'b']]);
  expect(recorder.isBehind).toBe(false);
});

it('is behind where a store is slow, too', async () => {
  let go = (): void => undefined;
  const slow = new Promise<void>((done) => (go = done));
  const recorder = new Recorder(shop, { append: () => slow }, () => undefined, new AbortController().signal);
  const writes = Array.from({ length: 101 }, (_, index) => recorder.write([row(`${index}`)]));
  expect(recorder.isBehind).toBe(true);
  go();
  await Promise.all(writes);
  expect(recorder.isBehind).toBe(false);
});
