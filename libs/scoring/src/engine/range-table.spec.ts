import { Random } from '#testing';
import { describe, expect, it } from 'vitest';
import { RangeTable } from './range-table.js';

describe('the least and highest of a stretch', () => {
  it.each([1, 2, 7, 64])('are those of its values, for every stretch of a list of %d', async (length) => {
    const random = new Random(length);
    const values = Float64Array.from({ length }, () => random.whole(-50, 50));
    const table = await RangeTable.of(values, () => Promise.resolve());
    for (let from = 0; from < length; from += 1) {
      for (let to = from; to < length; to += 1) {
        const stretch = values.slice(from, to + 1);
        expect(table.range(from, to)).toEqual([Math.min(...stretch), Math.max(...stretch)]);
      }
    }
  });
});
