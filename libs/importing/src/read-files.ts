import { open, type FileHandle } from 'node:fs/promises';
import { readCsv } from './csv.js';
import { DocumentCollector, type Collected, type RejectedRow } from './documents.js';
import { ImportError } from './importing.errors.js';
import type { Mapping } from './mapping.js';

export interface ReadOptions {
  readonly mapping: Mapping;
  /** Where rejected rows go: row number, reason and the row as it stood. */
  readonly rejectsPath?: string | undefined;
  /** Told how much of all files was read, 0 to 1. */
  readonly onProgress?: (done: number, rows: number) => void;
}

/** Reads files into documents. @throws {ImportError} */
export async function readFiles(paths: readonly string[], options: ReadOptions): Promise<Collected> {
  let rejects: FileHandle | undefined;
  let waiting = '';
  let header: readonly string[] = [];
  let file = '';
  const onRejected = ({ row, reason, columns }: RejectedRow): void => {
    if (options.rejectsPath === undefined) return;
    waiting += csvLine([file, String(row), reason, ...columns]);
  };
  /** After each batch, so that a file of nothing but bad rows does not fill the memory. */
  const writeRejects = async (path: string): Promise<void> => {
    try {
      if (!rejects) {
        rejects = await open(path, 'w');
        waiting = csvLine(['file', 'row', 'reason', ...header]) + waiting;
      }
      await rejects.appendFile(waiting);
      waiting = '';
    } catch (error) {
      throw new ImportError(
        'rejects-unwritable',
        `Rejected rows cannot be written to ${path}: ${error instanceof Error ? error.message : String(error)}. Name another file with --rejects.`,
      );
    }
  };
  const collector = new DocumentCollector(options.mapping, onRejected);
  try {
    for (const [index, path] of paths.entries()) {
      file = path;
      for await (const batch of readCsv(path, options.mapping.csv)) {
        header = batch.header;
        collector.useHeader(batch.header, path);
        batch.rows.forEach((row, offset) => collector.add(row, batch.lines[offset] ?? 0));
        if (waiting !== '' && options.rejectsPath !== undefined) await writeRejects(options.rejectsPath);
        options.onProgress?.((index + batch.done) / paths.length, collector.rows);
      }
    }
  } finally {
    await rejects?.close();
  }
  if (collector.rows === 0) throw new ImportError('file-empty', `${paths.join(', ')}: there is a header and no row below it.`);
  return collector;
}

function csvLine(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;
}
