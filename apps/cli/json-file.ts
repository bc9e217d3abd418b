import { readFile } from 'node:fs/promises';
import type { z } from 'zod';

/**
 * Reads an object from a JSON file.
 * @throws {Error} with the code `file-invalid`
 */
export async function readJson(file: string): Promise<Record<string, unknown>> {
  const said = await readParsed(file, (text) => JSON.parse(text) as unknown, 'not JSON', wrongFile);
  if (typeof said !== 'object' || said === null || Array.isArray(said)) throw wrongFile(`${file} holds no JSON object.`);
  return said as Record<string, unknown>;
}

/**
 * Reads what a file says.
 * @param otherwise what it is where it cannot be parsed
 * @throws what `wrong` makes of the words
 */
export async function readParsed(
  file: string,
  parse: (text: string) => unknown,
  otherwise: string,
  wrong: (words: string) => Error,
): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw wrong(`${file} cannot be read: ${(error as Error).message}.`);
  }
  try {
    return parse(text);
  } catch (error) {
    throw wrong(`${file} is ${otherwise}: ${(error as Error).message}`);
  }
}

/** What a file says, in its form. @throws {Error} with the code `file-invalid` that names each field that is wrong */
export function inForm<T>(form: z.ZodType<T>, said: unknown, file: string): T {
  const read = form.safeParse(said);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `  - ${path.length === 0 ? '' : `${path.join('.')}: `}${message}`);
  throw wrongFile(`${file} cannot be used:\n${faults.join('\n')}`);
}

function wrongFile(words: string): Error {
  return Object.assign(new Error(words), { code: 'file-invalid' });
}
