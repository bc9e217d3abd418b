import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { acquired } from './acquired.js';

const never = { acquire: () => new Promise<void>(() => undefined) };

it('says whether a claim came before nobody wanted it any more', async () => {
  const wanted = new AbortController();
  expect(await acquired({ acquire: () => sleep(5) }, wanted.signal)).toBe(true);
  expect(await acquired({ acquire: () => Promise.resolve() })).toBe(true);
  const waiting = acquired(never, wanted.signal);
  wanted.abort();
  expect(await waiting).toBe(false);
});

it('does not wait where nobody wanted it from the start', async () => {
  expect(await acquired(never, AbortSignal.abort())).toBe(false);
});

it('lets a claim that fails speak', async () => {
  await expect(acquired({ acquire: () => Promise.reject(new Error('the broker is away')) })).rejects.toThrow('the broker is away');
});
