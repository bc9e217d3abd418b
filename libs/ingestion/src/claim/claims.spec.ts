import { expect, it } from 'vitest';
import { SharedClaim } from './claims.js';

function counted() {
  const counts = { made: 0, released: 0 };
  const shared = new SharedClaim(() => {
    counts.made += 1;
    return {
      acquire: () => Promise.resolve(1n),
      release: () => {
        counts.released += 1;
        return Promise.resolve();
      },
    };
  });
  return { counts, shared };
}

it('is made for the first shop and given back with the last, however often one gives its share back', async () => {
  const { counts, shared } = counted();
  const [first, second] = [shared.share(), shared.share()];
  await first.release();
  await first.release();
  expect([counts, await second.acquire()]).toEqual([{ made: 1, released: 0 }, 1n]);
  await second.release();
  expect(counts).toEqual({ made: 1, released: 1 });
  await shared.share().release();
  expect(counts).toEqual({ made: 2, released: 2 });
});
