import { expect, it } from 'vitest';
import { SeenIds } from './seen.js';

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

it('says perhaps to everything until it was told all', () => {
  const seen = new SeenIds();
  expect(seen.may('o:A')).toBe(true);
  seen.complete();
  expect(seen.may('o:A')).toBe(false);
});

it('never denies what was added, over several filters', () => {
  const seen = new SeenIds();
  seen.complete();
  const added = ids('o:', 1_300_000);
  for (const id of added) seen.add(id);
  expect(added.filter((id) => !seen.may(id))).toEqual([]);
});

it('takes fewer than three of a thousand unknown ids for known ones, also of ids that differ in one place', () => {
  const seen = new SeenIds();
  seen.complete();
  for (const id of ids('o:', 1_000_000)) seen.add(id);
  expect(ids('r:', 200_000).filter((id) => seen.may(id)).length).toBeLessThan(600);
  expect(ids('o:x', 200_000).filter((id) => seen.may(id)).length).toBeLessThan(600);
});
