import type { OrderVersion } from '#warehouse';
import { expect, it } from 'vitest';
import { RecentVersions } from './recent-versions.js';

/** A version of the order o, at its place in the ledger. */
function version(offset: bigint, revision: bigint, change: Partial<OrderVersion> = {}): OrderVersion {
  const at = Number(offset);
  return {
    ...{ topic: 'transactions.v1', partition: 0, epoch: 1, offset, orderId: 'o', customerId: 'c', revision, hash: `h${revision}` },
    ...{ cancelled: false, orderTime: 0, eventTime: at, recordedTime: at, ...change },
  };
}
const [first, second] = [version(1n, 1n), version(2n, 2n)];

it('takes a version for an event when its turn comes, though it was read with its document before', () => {
  const recent = new RecentVersions();
  recent.addFresh([first]);
  // The ledger was ahead of the figures: all versions of the order are asked for, and the second is among them.
  recent.addVersions([version(1n, 1n), second]);
  expect(recent.fresh).toEqual([first]);
  recent.addFresh([version(2n, 2n)]);
  expect(recent.fresh).toEqual([first, second]);
  // As the very object that is among the versions: what is not to be known yet is told by it.
  expect(recent.fresh[1]).toBe(second);
  recent.addFresh([version(2n, 2n)]);
  expect(recent.fresh).toHaveLength(2);
});

it('takes a message that came twice for one event', () => {
  const recent = new RecentVersions();
  const copies = [
    version(3n, 1n, { recordedTime: 1, eventTime: 1 }),
    version(4n, 1n, { partition: 1 }),
    version(5n, 1n, { recordedTime: 0 }),
  ];
  recent.addFresh([first, second, ...copies]);
  // Elsewhere, or known earlier, it says something that the first did not.
  expect([first, second, ...copies].filter((row) => recent.isCopy(row)).map(({ offset }) => offset)).toEqual([3n]);
});
