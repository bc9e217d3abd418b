import { describe, expect, it } from 'vitest';
import type { Shop } from '../shop.js';
import { LedgerTail } from './ledger-tail.js';
import type { LedgerRow } from './ledger-tables.js';

const shop = { shop: 'demo', database: 'shop_demo' } as Shop;
const row = (offset: number, over: { epoch?: number; partition?: number; missing?: number } = {}): LedgerRow =>
  ({ envelope: { partition: 0, epoch: 1, missing: 0, offset: BigInt(offset), ...over }, values: [] }) as unknown as LedgerRow;
const stretch = (from: number, to: number, over: { epoch?: number; partition?: number } = {}) =>
  ({ topic: 'transactions.v1', partition: 0, epoch: 1, from: BigInt(from), to: BigInt(to), ...over }) as const;

function offsets(tail: LedgerTail, ...asked: Parameters<typeof stretch>): number[] | undefined {
  return tail.rows(shop, stretch(...asked))?.map(({ envelope }) => Number(envelope.offset));
}

describe('the tail of the ledger', () => {
  it('has a stretch wholly or not at all', () => {
    const tail = new LedgerTail();
    tail.add(shop, 'transactions.v1', [row(7), row(8), row(3, { partition: 1 })]);
    tail.add(shop, 'transactions.v1', [row(9)]);
    expect(offsets(tail, 7, 10)).toEqual([7, 8, 9]);
    expect(offsets(tail, 8, 9)).toEqual([8]);
    expect(offsets(tail, 6, 8)).toBeUndefined();
    expect(offsets(tail, 9, 11)).toBeUndefined();
    expect(offsets(tail, 3, 4, { partition: 1 })).toEqual([3]);
    expect(offsets(tail, 7, 8, { epoch: 2 })).toBeUndefined();
    expect(tail.rows({ shop: 'other', database: 'shop_other' } as Shop, stretch(7, 8))).toBeUndefined();
  });

  it('forgets a shop that is no more, and no other one', () => {
    const tail = new LedgerTail();
    const other = { shop: 'other', database: 'shop_demo_2' } as Shop;
    for (const each of [shop, other]) tail.add(each, 'transactions.v1', [row(7), row(3, { partition: 1 })]);
    tail.forget(shop);
    expect([offsets(tail, 7, 8), offsets(tail, 3, 4, { partition: 1 })]).toEqual([undefined, undefined]);
    expect(tail.rows(other, stretch(7, 8))).toHaveLength(1);
  });

  it('begins anew after a hole, a gap row or a new epoch', () => {
    const tail = new LedgerTail();
    tail.add(shop, 'transactions.v1', [row(1), row(5)]);
    expect([offsets(tail, 1, 2), offsets(tail, 5, 6)]).toEqual([undefined, [5]]);
    tail.add(shop, 'transactions.v1', [row(6, { missing: 3 }), row(9)]);
    expect([offsets(tail, 5, 7), offsets(tail, 9, 10)]).toEqual([undefined, [9]]);
    tail.add(shop, 'transactions.v1', [row(0, { epoch: 2 })]);
    expect([offsets(tail, 9, 10), offsets(tail, 0, 1, { epoch: 2 })]).toEqual([undefined, [0]]);
  });

  it('lets the oldest go', () => {
    const tail = new LedgerTail(10);
    for (let offset = 0; offset < 100; offset += 1) tail.add(shop, 'transactions.v1', [row(offset)]);
    expect(offsets(tail, 90, 100)?.length).toBe(10);
    expect(offsets(tail, 70, 100)).toBeUndefined();
  });
});
