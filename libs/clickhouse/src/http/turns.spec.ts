import { expect, it } from 'vitest';
import { Turns } from './turns.js';

const here = (): boolean => false;

it('lets so many run at a time, the others in their order, and refuses those that are too many', async () => {
  const turns = new Turns(2, 2);
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const work = (n: number) => () =>
    new Promise<number>((done) => {
      begun.push(n);
      ends.push(() => done(n));
    });
  const answers = [1, 2, 3, 4].map((n) => turns.take(work(n), here));
  await expect(turns.take(work(5), here)).rejects.toMatchObject({ engineCode: 202 });
  expect(begun).toEqual([1, 2]);
  ends[1]?.();
  await answers[1];
  expect(begun).toEqual([1, 2, 3]);
  ends[0]?.();
  ends[2]?.();
  await answers[2];
  ends[3]?.();
  expect(await Promise.all(answers)).toEqual([1, 2, 3, 4]);
  expect(await turns.take(() => Promise.resolve(6), here)).toBe(6);
});

it('passes the turn of one who left or failed on to the next', async () => {
  const turns = new Turns(1, 10);
  const failing = turns.take(() => Promise.reject(new Error('refused')), here);
  let ran = false;
  const left = turns.take(
    () => Promise.resolve((ran = true)),
    () => true,
  );
  const next = turns.take(() => Promise.resolve('next'), here);
  await expect(failing).rejects.toThrow('refused');
  await expect(left).rejects.toMatchObject({ engineCode: 202 });
  expect(await next).toBe('next');
  expect(ran).toBe(false);
});
