import type { z } from 'zod';

/** What a stored text holds; undefined where it is no JSON, which no schema takes: it says so in the words of every other fault. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a schema has against it, in a line. */
export function faultsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');
}
