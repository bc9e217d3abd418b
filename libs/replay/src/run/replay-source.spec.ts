import type { ReplayRow } from '#warehouse';
import { expect, it } from 'vitest';
import { ReplaySource } from './replay-source.js';

const row = (at: number): ReplayRow => ({
  at,
  topic: 'transactions.v1',
  partition: 0,
  epoch: 1,
  offset: BigInt(at),
  payload: '',
  producedAt: new Date(0),
});

function source(...pages: number[][]): { source: ReplaySource; asked: (number | undefined)[] } {
  const asked: (number | undefined)[] = [];
  const read = (after: { at: number } | undefined): Promise<ReplayRow[]> => {
    asked.push(after?.at);
    return Promise.resolve((pages[asked.length - 1] ?? []).map(row));
  };
  return { source: new ReplaySource(read, undefined), asked };
}

it('gives what is due, across pages, and no more than is asked for', async () => {
  const { source: replay, asked } = source([1, 2, 2], [2, 5]);
  expect((await replay.take(0, 10)).length).toBe(0);
  expect((await replay.take(2, 3)).map(({ at }) => at)).toEqual([1, 2, 2]);
  expect((await replay.peek())?.at).toBe(2);
  expect((await replay.take(4, 10)).map(({ at }) => at)).toEqual([2]);
  expect((await replay.take(Infinity, 10)).map(({ at }) => at)).toEqual([5]);
  expect([await replay.peek(), await replay.take(Infinity, 10)]).toEqual([undefined, []]);
  expect(asked).toEqual([undefined, 2, 5]);
});

it('reads the next page while one is used, and says what went wrong with it when it is needed', async () => {
  let pages = 0;
  const replay = new ReplaySource(() => {
    pages += 1;
    return pages === 1 ? Promise.resolve([row(1), row(2)]) : Promise.reject(new Error('the store is away'));
  }, undefined);
  expect((await replay.peek())?.at).toBe(1);
  expect(pages).toBe(2);
  expect((await replay.take(1, 10)).length).toBe(1);
  await expect(replay.take(9, 10)).rejects.toThrow('the store is away');
});
