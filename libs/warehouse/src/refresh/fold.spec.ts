import { describe, expect, it } from 'vitest';
import { foldVersions, leftOutRows, refundRows, timelinesOf } from './fold.js';
import type { OrderHead, ReturnVersion } from './versions.js';

const starts = (slice: number) => ({ slice_start: slice, minute_start: 0, hour_start: 0, day_start: 0, month_start: 0 });
const order = (revision: number, change: Partial<OrderHead> = {}): OrderHead => ({
  ...{ partition: 0, epoch: 1, offset: String(revision), fresh: 1, entity_id: 'o:A', order_id: 'A', revision: String(revision), hash: 'a' },
  ...{ cancelled: 0, month: '2024-01-01', customer_id: 'c', line: [1, 2] },
  ...starts(revision * 5),
  ...change,
});
const refund = (revision: number, change: Partial<ReturnVersion> = {}): ReturnVersion => ({
  ...{ return_id: 'R', entity_id: 'o:A', revision: String(revision), hash: 'a', fresh: 1, order_id: 'A', customer_id: 'c', refunded: 1 },
  ...{ refund_time: '2024-02-01 00:00:00.000', month: '2024-02-01', line: [1], order_line: [2], product_id: [''], quantity: [1] },
  ...{ amount: ['0.1'], reason: [''] },
  ...starts(1_000),
  ...change,
});
const keys = new Map([
  ['c', 7],
  ['d', 8],
]);

describe('the winner', () => {
  it('is the highest revision, as a number', () => {
    expect(foldVersions([order(10), order(9)], []).contested.get('A')?.winner.revision).toBe('10');
  });
  it('of equal revisions the highest hash, in any order of arrival', () => {
    const versions = [order(1, { hash: 'b' }), order(1, { hash: 'a' })];
    for (const each of [versions, versions.toReversed()]) expect(foldVersions(each, []).contested.get('A')?.winner.hash).toBe('b');
  });
});

describe('an order', () => {
  it('of one version is not contested; one that only its return touched is written again', () => {
    expect(foldVersions([order(1)], [])).toMatchObject({ contested: new Map(), unmoved: [] });
    expect(foldVersions([order(1, { fresh: 0 })], [refund(1)])).toMatchObject({ unmoved: [{ order_id: 'A' }], returned: new Set(['A']) });
    expect(foldVersions([order(1, { fresh: 0, cancelled: 1 })], [refund(1)]).unmoved).toEqual([]);
  });
  it('moves the timelines of every customer that a version had', () => {
    const versions = [order(1), order(2, { customer_id: 'd', month: '2024-03-01' })];
    const { months, former } = timelinesOf(foldVersions(versions, []), versions, keys);
    expect([...months]).toEqual(['2024-01-01 7', '2024-03-01 8']);
    expect(former).toHaveLength(4);
  });
});

describe('a return', () => {
  const rows = (orders: OrderHead[], returns: ReturnVersion[]) => refundRows(foldVersions(orders, returns).returns, new Map(), keys, 10n);
  const live = (all: readonly (readonly unknown[])[]) => all.filter((row) => row[19] === 0).map((row) => [row[0], row[1]]);

  it('stands at the refund under one convention and at the order under the other', () => {
    expect(live(rows([order(1)], [refund(1)]))).toEqual([
      ['refund-date', 1_000],
      ['order-date', 5],
    ]);
  });
  it('without a known order stands at the refund under both', () => {
    expect(live(rows([], [refund(1)]))).toEqual([
      ['refund-date', 1_000],
      ['order-date', 1_000],
    ]);
  });
  it('leaves a lower tombstone wherever a version, or its order, may have stood', () => {
    const tombstones = rows([order(1), order(2)], [refund(1), refund(2, { ...starts(2_000) })]).filter((row) => row[19] === 1);
    expect(tombstones.map((row) => [row[0], row[1], row[18]])).toEqual([
      ['refund-date', 1_000, '9'],
      ['refund-date', 2_000, '9'],
      ['order-date', 1_000, '9'],
      ['order-date', 2_000, '9'],
      ['order-date', 5, '9'],
      ['order-date', 10, '9'],
    ]);
  });
  it('of a cancelled order counts nowhere and is shown with its exact sum', () => {
    const folded = foldVersions([order(1, { cancelled: 1 })], [refund(1, { line: [1, 2], amount: ['0.1', '2.000001'] })]);
    expect(folded.returned.size).toBe(0);
    expect(leftOutRows(folded.returns, 10n)).toEqual([['R', 'A', '2.100001', 'order cancelled', '10', 0]]);
  });
  it('that now names an order outside the step stays as it is there', () => {
    const elsewhere = refund(2, { entity_id: 'o:B', order_id: 'B', fresh: 0 });
    expect(foldVersions([order(1)], [refund(1, { fresh: 0 }), elsewhere]).returns).toEqual([]);
  });
});
