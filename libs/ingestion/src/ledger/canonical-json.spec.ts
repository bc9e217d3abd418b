import { describe, expect, it } from 'vitest';
import { canonicalJson, contentHash } from './canonical-json.js';

describe('the canonical form', () => {
  it('sorts the keys of every object and keeps the order of lists', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 'x' }, 2], a: { f: null, e: true } })).toBe('{"a":{"e":true,"f":null},"b":[{"c":"x","d":1},2]}');
  });

  it('leaves no key out, whatever it looks like', () => {
    const value = JSON.parse('{"10":1,"9":2,"constructor":{"z":1},"":3,"a.b":[{"length":0}]}') as object;
    expect(canonicalJson(value)).toBe('{"":3,"10":1,"9":2,"a.b":[{"length":0}],"constructor":{"z":1}}');
  });

  it('is the same for few keys and for many, for names that anybody made up, and for values that JSON has not', () => {
    const names = Array.from({ length: 1_100 }, (_, index) => `n"${(index * 7_919) % 1_100}ü`);
    for (const few of [31, 32, 33, names.length]) {
      const part = names.slice(0, few);
      const text = part.map((name) => `${JSON.stringify(name)}:1`);
      expect(canonicalJson(JSON.parse(`{${text.join(',')}}`))).toBe(
        `{${part
          .toSorted()
          .map((name) => `${JSON.stringify(name)}:1`)
          .join(',')}}`,
      );
    }
    expect(canonicalJson(JSON.parse('{"b":1e999,"a":-0,"__proto__":1}'))).toBe('{"a":0,"b":null}');
  });

  it('tells one content from another, and not one order of fields from another', () => {
    expect(contentHash({ a: '1.50', b: 2 })).toBe(contentHash({ b: 2, a: '1.50' }));
    expect(contentHash({ a: '1.50' })).not.toBe(contentHash({ a: '1.5' }));
    expect(contentHash({ a: [1, 2] })).not.toBe(contentHash({ a: [2, 1] }));
  });
});
