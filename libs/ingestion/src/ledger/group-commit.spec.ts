import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { GroupCommit } from './group-commit.js';

it('writes a batch that comes alone at once, and those that come meanwhile together, in their order', async () => {
  const written: number[][] = [];
  const commit = new GroupCommit<number>(async (rows) => {
    written.push([...rows]);
    await sleep(5);
  }, 0);
  await Promise.all([commit.add([1]), commit.add([2, 3]), commit.add([4])]);
  await commit.add([5]);
  expect(written).toEqual([[1], [2, 3, 4], [5]]);
});

it('says of each batch whether it is durable: what failed together failed for all of them, and only for them', async () => {
  let broken = true;
  const commit = new GroupCommit<number>((rows) => (broken && rows.includes(2) ? Promise.reject(new Error('full')) : Promise.resolve()), 0);
  const [first, second, third] = await Promise.allSettled([commit.add([1]), commit.add([2]), commit.add([3])]);
  expect([first.status, second.status, third.status]).toEqual(['fulfilled', 'rejected', 'rejected']);
  broken = false;
  await expect(commit.add([2])).resolves.toBeUndefined();
});

it('starts inserts no more often than the interval', async () => {
  const starts: number[] = [];
  const commit = new GroupCommit<number>(() => {
    starts.push(performance.now());
    return Promise.resolve();
  }, 20);
  for (let n = 0; n < 4; n += 1) await commit.add([n]);
  for (let n = 1; n < starts.length; n += 1) expect((starts[n] ?? 0) - (starts[n - 1] ?? 0)).toBeGreaterThan(15);
});
