import type { Session } from 'chdb';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { ident, join, sql, type Sql } from './sql.js';

/**
 * From so many bytes on lines go by a file. Handed over in memory the engine takes twice the time to read a row (chDB's raw insert takes 18 µs
 * for a row of 42 columns, the table function `file` 10), but a file costs some milliseconds by itself.
 */
export const spoolBytes = 512 * 1024;

/** What the engine says of a block that it took. */
type Inserted = Awaited<ReturnType<Session['queryAsync']>>;

/** Rows on their way into the embedded engine, which takes large or binary ones as files that live as long as their statement. */
export class Spool {
  readonly #path: string;
  /** `file` takes these for a pattern of names, or for an archive. */
  readonly #isPlain: boolean;
  #count = 0;

  /** @param directory the engine's own: nobody else writes there */
  constructor(directory: string) {
    this.#path = joinPath(directory, 'spool');
    this.#isPlain = !/[*?{}]|::/.test(directory);
  }

  /** Makes room for it. Files of a process that was killed go: their statement was carried out or was not. */
  async open(): Promise<void> {
    // Where it is already there a full disk is no hindrance.
    await mkdir(this.#path, { recursive: true });
    for (const name of await readdir(this.#path)) await rm(joinPath(this.#path, name), { recursive: true, force: true });
  }

  /**
   * Inserts on a connection as one block.
   * @param rows lines of JSONCompactEachRow, or bytes of `Native` that name the columns
   * @throws `ENOSPC` when the disk has no room for the file
   */
  insert(table: Sql, columns: readonly string[], rows: string | Uint8Array): (session: Session) => Promise<unknown> {
    if (typeof rows !== 'string') return this.insertBlock(table, columns, rows);
    const names = join(columns.map((column) => ident(column)));
    const values = Buffer.from(rows, 'utf8');
    if (!this.#isPlain || values.length < spoolBytes) {
      return (session) => session.insert({ table: table.text.replaceAll('`', ''), columns, values, format: 'JSONCompactEachRow' });
    }
    return (session) =>
      this.lend(values, (path) =>
        session.queryAsync(sql`INSERT INTO ${table} (${names}) SELECT * FROM file(${path}, 'JSONCompactEachRow')`.text),
      );
  }

  /** The same of bytes of `Native`. */
  insertBlock(table: Sql, columns: readonly string[], block: Uint8Array): (session: Session) => Promise<Inserted> {
    const names = join(columns.map((column) => ident(column)));
    const from = (session: Session, source: Sql): Promise<Inserted> =>
      session.queryAsync(sql`INSERT INTO ${table} (${names}) SELECT ${names} FROM ${source}`.text);
    if (this.#isPlain) return (session) => this.lend(block, (path) => from(session, sql`file(${path}, 'Native')`));
    // Slow, and in the statement itself.
    const text = Buffer.from(block).toString('base64');
    return (session) => from(session, sql`format(Native, base64Decode(${text}))`);
  }

  /** Lends a file that holds the rows. */
  private async lend<T>(rows: Uint8Array, work: (path: string) => Promise<T>): Promise<T> {
    const path = joinPath(this.#path, String((this.#count += 1)));
    try {
      await writeFile(path, rows);
      return await work(path);
    } finally {
      await rm(path, { force: true });
    }
  }
}
