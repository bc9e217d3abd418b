import type { KnownVersion } from '#warehouse';
import { expect, it } from 'vitest';
import { turnsOf } from './turns.js';

function row(topic: 'transactions.v1' | 'returns.v1', offset: number, recordedTime: number, partition = 0): KnownVersion {
  const place = { topic, partition, epoch: 1, offset: BigInt(offset) };
  const rest = { orderId: 'o', customerId: 'c', revision: 1n, hash: '', eventTime: 0, recordedTime };
  return topic === 'transactions.v1'
    ? { ...place, ...rest, cancelled: false, orderTime: 0 }
    : { ...place, ...rest, returnId: 'r', refunded: true, refundTime: 0 };
}
const orders = (...recorded: number[]): KnownVersion[] => recorded.map((at, offset) => row('transactions.v1', offset, at));
const returns = (...recorded: number[]): KnownVersion[] => recorded.map((at, offset) => row('returns.v1', offset, at));
const words = (rows: readonly KnownVersion[], notBefore = 0): string =>
  turnsOf(rows, notBefore)
    .map(({ at, row: { topic, offset } }) => `${topic[0]}${offset}@${at}`)
    .join(' ');

it.each([
  ['in the order of the ledger', orders(10, 20, 20, 30), 0, 't0@10 t1@20 t2@20 t3@30'],
  ['an event that was recorded before the one before it', orders(10, 30, 20, 40), 0, 't0@10 t1@30 t2@30 t3@40'],
  [
    'orders and refunds by recordedtime, at one instant the order first',
    [...orders(10, 30), ...returns(20, 30, 35)],
    0,
    't0@10 r0@20 t1@30 r1@30 r2@35',
  ],
  ['a partition out of order keeps its order', [...orders(10, 30, 20), ...returns(25)], 0, 't0@10 r0@25 t1@30 t2@30'],
  ['not before the last decision', orders(10, 50), 40, 't0@40 t1@50'],
])('%s', (_, rows, notBefore, wanted) => {
  expect(words(rows, notBefore)).toBe(wanted);
});

it('is the same in two parts as in one', () => {
  const rows = orders(10, 30, 20, 40, 40, 35, 60);
  const whole = words(rows);
  for (let cut = 1; cut < rows.length; cut += 1) {
    const first = turnsOf(rows.slice(0, cut), 0);
    const second = words(rows.slice(cut), first.at(-1)?.at ?? 0);
    expect(`${words(rows.slice(0, cut))} ${second}`).toBe(whole);
  }
});
