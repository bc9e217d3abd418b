import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { SimulationError } from '../simulation.errors.js';

const cursor = z.strictObject({
  /** Of the world that was sent; another one must not go on from here. */
  world: z.string(),
  /** Shop time: the topics hold every event recorded up to it, Unix milliseconds. */
  through: z.int(),
  /** Next offset of each `topic-partition` at that time. A broker that holds less has lost some of it. */
  offsets: z.record(z.string(), z.string().regex(/^[0-9]{1,19}$/)),
});

/** How far a world was sent. */
export type Cursor = z.infer<typeof cursor>;

/**
 * @returns undefined when there is no file: nothing is known to have been sent
 * @throws {SimulationError} `cursor-invalid`
 */
export async function readCursor(path: string): Promise<Cursor | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SimulationError('cursor-invalid', `${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    raw = undefined;
  }
  const parsed = cursor.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new SimulationError(
    'cursor-invalid',
    `${path} is not a simulator's cursor. Delete it: the world is then sent from its beginning, which changes no figure.`,
  );
}

/** Replaces the file whole: a kill leaves the old one or the new one. @throws {SimulationError} `directory-unwritable` */
export async function writeCursor(path: string, value: Cursor): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(`${path}.new`, 'w');
    try {
      await file.writeFile(`${JSON.stringify(value)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  } catch (error) {
    throw new SimulationError('directory-unwritable', `${path} cannot be written: ${(error as Error).message}.`, { cause: error });
  }
}
