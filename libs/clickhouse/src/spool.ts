import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * From so many bytes on rows go by a file. Handed over in memory the engine takes twice the time to read a row (chDB's raw insert takes 18 µs
 * for a row of 42 columns, the table function `file` 10), but a file costs some milliseconds by itself.
 */
export const spoolBytes = 512 * 1024;

/** Rows on their way into the embedded engine, as files that live as long as their statement. */
export class Spool {
  readonly #path: string;
  /** `file` takes these for a pattern of names, or for an archive. */
  readonly #isPlain: boolean;
  #count = 0;

  /** @param directory the engine's own: nobody else writes there */
  constructor(directory: string) {
    this.#path = join(directory, 'spool');
    this.#isPlain = !/[*?{}]|::/.test(directory);
  }

  /** Makes room for it. Files of a process that was killed go: their statement was carried out or was not. */
  async open(): Promise<void> {
    // Where it is already there a full disk is no hindrance.
    await mkdir(this.#path, { recursive: true });
    for (const name of await readdir(this.#path)) await rm(join(this.#path, name), { recursive: true, force: true });
  }

  /** Whether rows of so many bytes go by it. */
  takes(bytes: number): boolean {
    return this.#isPlain && bytes >= spoolBytes;
  }

  /**
   * Lends a file that holds the rows.
   * @throws `ENOSPC` when the disk has no room for it
   */
  async lend<T>(rows: Buffer, work: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.#path, String((this.#count += 1)));
    try {
      await writeFile(path, rows);
      return await work(path);
    } finally {
      await rm(path, { force: true });
    }
  }
}
