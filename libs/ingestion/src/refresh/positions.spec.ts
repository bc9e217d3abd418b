import { describe, expect, it } from 'vitest';
import { nextPositions, notBeyond } from './positions.js';

const head = (partition: number, epoch: number, next: number) => ({ topic: 'returns.v1' as const, partition, epoch, next: BigInt(next) });

describe('the positions after a step', () => {
  it('move at most the row cap per partition, and stand still when nothing is new', () => {
    const first = nextPositions([], [head(0, 1, 250), head(1, 1, 40)], 100);
    expect(first).toEqual([head(0, 1, 100), head(1, 1, 40)]);
    expect(nextPositions(first ?? [], [head(0, 1, 250)], 100)).toEqual([head(0, 1, 200), head(1, 1, 40)]);
    expect(nextPositions([head(0, 1, 250)], [head(0, 1, 250)], 100)).toBeUndefined();
  });

  it('finish an epoch before the next one starts, however many rows the cap leaves', () => {
    const heads = [head(0, 2, 30), head(0, 1, 150)];
    const one = nextPositions([head(0, 1, 20)], heads, 100);
    expect(one).toEqual([head(0, 1, 120)]);
    const two = nextPositions(one ?? [], heads, 100);
    expect(two).toEqual([head(0, 1, 150)]);
    const three = nextPositions(two ?? [], heads, 100);
    expect(three).toEqual([head(0, 2, 30)]);
    expect(nextPositions(three ?? [], heads, 100)).toBeUndefined();
  });

  it('go no further than they are told: later offsets, epochs and partitions are left alone', () => {
    const heads = [head(0, 1, 150), head(0, 2, 30), head(1, 1, 70), head(2, 1, 5)];
    expect(notBeyond(heads, [head(0, 1, 90), head(1, 2, 10)])).toEqual([head(0, 1, 90), head(1, 1, 70)]);
    expect(notBeyond(heads, [head(0, 2, 40)])).toEqual([head(0, 1, 150), head(0, 2, 30)]);
    expect(notBeyond(heads, [])).toEqual([]);
  });
});
