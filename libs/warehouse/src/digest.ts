import { hash } from 'node:crypto';

/** SHA-256 of a list of texts, 64 hex digits. The parts are told apart by their lengths: no two lists look alike. */
export function digestOf(...parts: readonly string[]): string {
  return hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''), 'hex');
}
