import { describe, expect, it } from 'vitest';
import { features } from './feature-list.js';
import { featureChunks } from './feature-rows.js';

/** A row as ClickHouse writes it: the length of the id, seven bits a byte, the id, then each number in four bytes. */
function row(id: string, first: number): Buffer {
  const text = Buffer.from(id);
  const length = text.length < 128 ? [text.length] : [(text.length & 0x7f) | 0x80, text.length >> 7];
  const numbers = Buffer.alloc(features.length * 4);
  features.forEach((_, index) => numbers.writeFloatLE(first + index, index * 4));
  return Buffer.concat([Buffer.from(length), text, numbers]);
}

describe('the chunks of an answer', () => {
  it('hold at most so many customers, each with its numbers, whatever their ids', () => {
    const long = 'x'.repeat(300);
    const rows = [row('a', 0), row('Zoë', 100), row(long, 200), row('', 300), row('e', NaN)];
    // Somewhere inside a larger piece of memory, as the engine's answers may be.
    const bytes = new Uint8Array(Buffer.concat([Buffer.from([1, 2, 3]), ...rows])).subarray(3);
    const chunks = [...featureChunks(bytes, 2)];
    expect(chunks.map(({ customerIds }) => customerIds)).toEqual([['a', 'Zoë'], [long, ''], ['e']]);
    const numbers = (first: number): number[] => features.map((_, index) => first + index);
    expect(chunks.map(({ values }) => [...values])).toEqual([
      [...numbers(0), ...numbers(100)],
      [...numbers(200), ...numbers(300)],
      numbers(NaN),
    ]);
  });

  it('are none without customers', () => {
    expect([...featureChunks(new Uint8Array(), 2)]).toEqual([]);
  });
});
