import { hash } from 'node:crypto';

/**
 * JSON with sorted keys and no blanks, so that the order in which a producer wrote its fields does not matter.
 * Numbers and strings are printed as JSON.stringify does (after RFC 8785, whose number form is ECMAScript's). A key `__proto__` is left
 * out, as it was of the hashes that ledgers hold; no contract has a field of that name, so no figure can hang on it.
 * @param value as JSON.parse gives it: no undefined, no cycles
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    let text = '[';
    for (const [index, element] of value.entries()) text += (index === 0 ? '' : ',') + canonicalJson(element);
    return `${text}]`;
  }
  const object = value as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const key of inOrder(Object.keys(object))) {
    if (key !== '__proto__') text += (text === '{' ? '' : ',') + headOf(key) + canonicalJson(object[key]);
  }
  return `${text}}`;
}

/** 128 bits of SHA-256 over the canonical form, as hex: breaks a tie between two contents of one revision. */
export function contentHash(data: unknown): string {
  return hash('sha256', canonicalJson(data), 'hex').slice(0, 32);
}

/** Sorting is made for more keys than a document has: for so few, one by one takes a quarter of the time. */
const fewKeys = 32;

/** In place, by UTF-16 code units. */
function inOrder(keys: string[]): string[] {
  if (keys.length > fewKeys) return keys.sort();
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end] as string;
    let at = end;
    for (; at > 0 && (keys[at - 1] as string) > key; at -= 1) keys[at] = keys[at - 1] as string;
    keys[at] = key;
  }
  return keys;
}

/** ASCII that stands in JSON as it is: most ids, amounts and instants. */
const plain = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** The names of fields are few, and the same in each message; of those that somebody makes up not all are kept. */
const heads = new Map<string, string>();
const mostHeads = 1_000;
const longestHead = 64;

function headOf(key: string): string {
  let head = heads.get(key);
  if (head === undefined) {
    head = `${quoted(key)}:`;
    if (heads.size < mostHeads && key.length <= longestHead) heads.set(key, head);
  }
  return head;
}
