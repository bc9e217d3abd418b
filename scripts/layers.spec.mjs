import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { layers } from '../eslint.config.mjs';

describe('the table of layers', () => {
  it('names every lib: one that it does not name would be free to import anything', () => {
    expect(Object.keys(layers).sort()).toEqual(readdirSync('libs').sort());
  });

  it('names only libs', () => {
    const libs = Object.keys(layers);
    for (const [lib, allowed] of Object.entries(layers))
      expect(
        allowed.filter((each) => !libs.includes(each)),
        lib,
      ).toEqual([]);
  });

  it('points one way: no lib reaches itself', () => {
    const reaches = (from, seen = new Set()) => {
      for (const to of layers[from]) if (!seen.has(to)) reaches(to, seen.add(to));
      return seen;
    };
    for (const lib of Object.keys(layers)) expect([...reaches(lib)], lib).not.toContain(lib);
  });
});
