import { expect, it } from 'vitest';
import { notReady } from './http.js';
import { rejoinAfterMs } from './rejoin.js';

const waits = (code: string) => [0, 1, 2, 9, 5_000].map((failures) => rejoinAfterMs(code, failures));

it('a join that failed is tried again, ever less often; a shop that is prepared is asked for each second', () => {
  for (const code of ['engine-unavailable', 'engine-busy', 'internal', 'no-answer']) {
    expect(waits(code), code).toEqual([1_000, 2_000, 4_000, 30_000, 30_000]);
  }
  expect(waits(notReady)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
});

it('a refusal that stays is not asked about again', () => {
  const lasting = ['role-too-low', 'query-invalid', 'shop-unknown', 'room-unknown', 'too-many-rooms', 'answer-not-understood'];
  for (const code of lasting) expect(rejoinAfterMs(code, 0), code).toBeNull();
});
