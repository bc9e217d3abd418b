import { sql } from '#clickhouse';
import { describe, expect, it } from 'vitest';
import { DirtyBuckets, DirtySql } from './dirty.js';

/** Starts of months in London, one of them an hour before midnight in UTC. */
const months = ['2024-01-01T00:00Z', '2024-02-01T00:00Z', '2024-03-01T00:00Z', '2024-03-31T23:00Z'].map((at) => Date.parse(at) / 1_000);

function bucketsOf(slicesPerMonth: readonly number[]): DirtyBuckets {
  const dirty = new DirtyBuckets();
  for (const [index, slices] of slicesPerMonth.entries()) {
    const month = months[index] ?? 0;
    for (let slice = 0; slice < slices; slice += 1) {
      dirty.add({ slice_start: month + slice * 5, minute_start: month, hour_start: month, day_start: month, month_start: month });
    }
  }
  return dirty;
}

function spans(slicesPerMonth: readonly number[], most: number): string[] {
  const portions = new DirtySql(bucketsOf(slicesPerMonth), sql`dirty`).portions(most);
  return portions.map((portion) => portion.has('month', sql`at`).text.replace(/ ?(?:AND )?at IN .*$/, ''));
}

describe('portions of dirty buckets', () => {
  it('are one, without bounds, where the slices are few', () => {
    expect(spans([200, 200], 400)).toEqual(['']);
  });

  it('are whole months, one after another, without a hole between them and none beyond the ends', () => {
    const [, second, , fourth] = months;
    expect(spans([300, 200, 100, 200], 400)).toEqual([`(at < ${second}`, `(at >= ${second} AND at < ${fourth}`, `(at >= ${fourth}`]);
  });

  it('do not divide a month, however much is dirty in it', () => {
    expect(spans([900, 100], 400)).toEqual([`(at < ${months[1]}`, `(at >= ${months[1]}`]);
  });

  it('keep rows within their months, though the longest month is longer than most', () => {
    const [january] = new DirtySql(bucketsOf([400, 400]), sql`dirty`).portions(400);
    expect(january?.inside('month', sql`at`, sql`'Europe/London'`).text).toContain(`at < ${months[1]} AND`);
  });
});
