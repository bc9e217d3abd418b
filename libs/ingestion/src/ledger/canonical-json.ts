import { hash } from 'node:crypto';

/**
 * JSON with sorted keys and no blanks, so that the order in which a producer wrote its fields does not matter.
 * Numbers and strings are printed as JSON.stringify does (after RFC 8785, whose number form is ECMAScript's). A key `__proto__` is left
 * out, as it was of the hashes that ledgers hold; no contract has a field of that name, so no figure can hang on it.
 * @param value as JSON.parse gives it: no undefined, no cycles
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return plain.test(value) ? `"${value}"` : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const object = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(object).sort()) {
    if (key === '__proto__') continue;
    text += `${text === '' ? '' : ','}${canonicalJson(key)}:${canonicalJson(object[key])}`;
  }
  return `{${text}}`;
}

/** 128 bits of SHA-256 over the canonical form, as hex: breaks a tie between two contents of one revision. */
export function contentHash(data: unknown): string {
  return hash('sha256', canonicalJson(data), 'hex').slice(0, 32);
}

/** ASCII that stands in JSON as it is: most ids, amounts and instants. */
const plain = /^[ !#-[\]-~]*$/;
