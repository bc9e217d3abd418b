import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
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
  let rejects: WriteStream | undefined;
  let header: readonly string[] = [];
  let file = '';
  const onRejected = ({ row, reason, columns }: RejectedRow): void => {
    if (options.rejectsPath === undefined) return;
    if (!rejects) {
      rejects = createWriteStream(options.rejectsPath);
      rejects.write(csvLine(['file', 'row', 'reason', ...header]));
    }
    rejects.write(csvLine([file, String(row), reason, ...columns]));
  };
  const collector = new DocumentCollector(options.mapping, onRejected);
  for (const [index, path] of paths.entries()) {
    file = path;
    for await (const batch of readCsv(path, options.mapping.csv)) {
      header = batch.header;
      collector.useHeader(batch.header, path);
      batch.rows.forEach((row, offset) => collector.add(row, batch.firstRow + offset));
      options.onProgress?.((index + batch.done) / paths.length, collector.rows);
    }
  }
  if (rejects) {
    rejects.end();
    await once(rejects, 'finish');
  }
  if (collector.rows === 0) throw new ImportError('file-empty', `${paths.join(', ')}: there is a header and no row below it.`);
  return collector;
}

function csvLine(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;
}
