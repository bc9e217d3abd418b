import { hash } from 'node:crypto';

/**
 * JSON with sorted keys and no blanks, so that the order in which a producer wrote its fields does not matter.
 * Numbers and strings are printed as JSON.stringify does (after RFC 8785, whose number form is ECMAScript's).
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    let text = '[';
    for (let index = 0; index < value.length; index += 1) text += (index === 0 ? '' : ',') + canonicalJson(value[index]);
    return `${text}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>;
    let text = '{';
    for (const key of Object.keys(record).sort()) {
      if (record[key] === undefined) continue;
      text += `${text === '{' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(record[key])}`;
    }
    return `${text}}`;
  }
  return JSON.stringify(value);
}

/** 128 bits of SHA-256 over the canonical form, as hex: breaks a tie between two contents of one revision. */
export function contentHash(data: unknown): string {
  return hash('sha256', canonicalJson(data), 'hex').slice(0, 32);
}
