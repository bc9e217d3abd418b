import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { GroupCommit, type RowSource } from './group-commit.js';

const patient = { patienceMs: 10_000, manyRows: 1_000 };

function made(options = patient) {
  const written: number[][] = [];
  const commit = new GroupCommit<number>(async (rows) => {
    written.push([...rows]);
    await sleep(5);
  }, options);
  return { written, commit, source: {} };
}

it('keeps batches until they are asked for, and writes them together, in their order', async () => {
  const { written, commit, source } = made();
  const durable = Promise.all([commit.add(source, [1]), commit.add(source, [2, 3])]);
  await sleep(20);
  expect(written).toEqual([]);
  await commit.flush();
  await durable;
  expect(written).toEqual([[1, 2, 3]]);
  await commit.flush();
  expect(written.length).toBe(1);
});

it('writes what came during an insert with the next one: never two at a time, and who asked waits for both', async () => {
  const { written, commit, source } = made();
  void commit.add(source, [1]);
  const first = commit.flush();
  await sleep(1);
  const late = commit.add(source, [2]);
  await Promise.all([first, commit.flush(), late]);
  expect(written).toEqual([[1], [2]]);
});

it('writes when nobody asks, and many rows at once', async () => {
  const { written, commit, source } = made({ patienceMs: 10, manyRows: 3 });
  await commit.add(source, [1]);
  expect(written).toEqual([[1]]);
  const eager = made({ ...patient, manyRows: 3 });
  await Promise.all([eager.commit.add(source, [1, 2]), eager.commit.add(source, [3])]);
  expect(eager.written).toEqual([[1, 2, 3]]);
});

it('writes nothing that a source adds after rows it lost: a hole stays visible', async () => {
  const written: number[][] = [];
  const commit = new GroupCommit<number>(async (rows) => {
    await sleep(5);
    if (rows.includes(2)) throw new Error('full');
    written.push([...rows]);
  }, patient);
  const [holed, beside, other]: RowSource[] = [{}, {}, {}];
  const lost = Promise.allSettled([commit.add(holed ?? {}, [2]), commit.add(beside ?? {}, [3])]);
  const flushed = commit.flush();
  await sleep(1);
  // Both wait already while the insert under way fails.
  const after = Promise.allSettled([commit.add(holed ?? {}, [4]), commit.add(other ?? {}, [5])]);
  await flushed;
  await commit.flush();
  expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await after).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  const again = commit.add({}, [4]);
  await commit.flush();
  await expect(again).resolves.toBeUndefined();
  expect(written).toEqual([[5], [4]]);
});
