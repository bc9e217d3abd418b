import type { LedgerHead, Position } from '#warehouse';
import { expect, it } from 'vitest';
import { Told } from './told.js';

const topic = 'transactions.v1';
const batch = (partition: number, next: number, rows: number, recorded: string | null = null, epoch = 1): LedgerHead => ({
  ...{ topic, partition, epoch, next: BigInt(next), rows, recorded },
});
const at = (partition: number, next: number, epoch = 1): Position => ({ topic, partition, epoch, next: BigInt(next) });

function told(...batches: readonly LedgerHead[]): Told {
  const all = new Told();
  for (const each of batches) all.add(each);
  return all;
}

it('takes whole batches of each partition, as many as fit, and keeps the others', () => {
  const all = told(batch(0, 3, 3, 'a'), batch(1, 9, 9), batch(0, 7, 4, 'c'), batch(0, 8, 1, 'b'), batch(0, 20, 12, 'd'));
  expect(all.take([], 8)).toEqual([batch(0, 8, 8, 'c'), batch(1, 9, 9)]);
  expect(all.size).toBe(1);
  expect(all.take([at(0, 8), at(1, 9)], 8)).toEqual([batch(0, 20, 12, 'd')]);
  expect([all.size, all.take([], 8)]).toEqual([0, []]);
});

it('knows whether it holds more than was taken', () => {
  expect(new Told().goesBeyond([])).toBe(false);
  const all = told(batch(0, 3, 3), batch(0, 7, 4));
  expect([all.goesBeyond([]), all.goesBeyond([at(1, 9)]), all.goesBeyond([at(0, 6)]), all.goesBeyond([at(0, 9, 2)])]).toEqual(
    Array(4).fill(true),
  );
  expect([all.goesBeyond([at(0, 7)]), all.goesBeyond([at(0, 9)])]).toEqual([false, false]);
});

it('leaves out what a step has taken that asked the ledger', () => {
  const all = told(batch(0, 3, 3, 'z'), batch(0, 7, 4, 'a'));
  expect(all.take([at(0, 3)], 3)).toEqual([batch(0, 7, 4, 'a')]);
  expect(told(batch(0, 3, 3)).take([at(0, 3)], 3)).toEqual([]);
});

it('does not know where a partition goes on that entered a new epoch', () => {
  expect(told(batch(0, 3, 3, null, 2)).take([at(0, 9)], 8)).toBeUndefined();
  expect(told(batch(0, 12, 3), batch(0, 3, 3, null, 2)).take([at(0, 9)], 8)).toBeUndefined();
  expect(told(batch(0, 12, 3), batch(0, 3, 3, null, 2)).take([], 8)).toBeUndefined();
  expect(told(batch(0, 3, 3, null, 2)).take([at(0, 1, 2)], 8)).toEqual([batch(0, 3, 3, null, 2)]);
});
