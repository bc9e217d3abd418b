import { hash } from 'node:crypto';

/**
 * JSON with sorted keys and no blanks, so that the order in which a producer wrote its fields does not matter.
 * Numbers and strings are printed as JSON.stringify does (after RFC 8785, whose number form is ECMAScript's).
 * A property list makes the engine's own stringify print the keys of every object in the list's order; a list of all
 * keys that occur leaves none out, but for `__proto__`: asked of an object that lacks it, it answers all the same. No
 * contract has a field of that name, so no figure can hang on it.
 */
export function canonicalJson(value: unknown): string {
  const keys = new Set<string>();
  collectKeys(value, keys);
  keys.delete('__proto__');
  return JSON.stringify(value, [...keys].sort());
}

/** 128 bits of SHA-256 over the canonical form, as hex: breaks a tie between two contents of one revision. */
export function contentHash(data: unknown): string {
  return hash('sha256', canonicalJson(data), 'hex').slice(0, 32);
}

function collectKeys(value: unknown, keys: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const each of value) collectKeys(each, keys);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    keys.add(key);
    collectKeys(inner, keys);
  }
}
