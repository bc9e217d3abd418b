import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PassThrough, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ImportError } from './importing.errors.js';

/** Rows of one file, in batches: a step of the event loop per row would cost more than reading it. */
export interface CsvBatch {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Line of the file on which each row begins; the header is line 1. */
  readonly lines: readonly number[];
  /** How much of the file was read, 0 to 1. */
  readonly done: number;
}

const batchRows = 5_000;

/**
 * Reads a CSV, plain or gzip (by its ending).
 * @throws {ImportError} `file-unreadable`, `file-empty`
 */
export async function* readCsv(path: string, options: { separator: string; encoding: 'utf-8' | 'latin1' }): AsyncGenerator<CsvBatch> {
  const size = await stat(path).then(
    (info) => info.size,
    () => {
      throw new ImportError('file-unreadable', `${path} cannot be read: there is no such file, or it may not be opened.`);
    },
  );
  const raw = createReadStream(path, { highWaterMark: 1024 * 1024 });
  const parser = parse({
    delimiter: options.separator,
    encoding: options.encoding === 'latin1' ? 'latin1' : 'utf8',
    bom: true,
    relax_column_count: true,
  });
  const done = (error: NodeJS.ErrnoException | null): void => {
    if (error) parser.destroy(error);
  };
  pipeline(raw, path.endsWith('.gz') ? createGunzip() : new PassThrough(), parser, done);

  let header: readonly string[] | undefined;
  let rows: string[][] = [];
  let lines: number[] = [];
  let line = 1;
  const batch = (): CsvBatch => {
    const full = { header: header ?? [], rows, lines, done: size === 0 ? 1 : raw.bytesRead / size };
    rows = [];
    lines = [];
    return full;
  };
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      const begins = line;
      line += 1;
      for (const field of record) if (field.includes('\n')) line += field.split('\n').length - 1;
      if (record.length === 1 && record[0] === '') continue;
      if (!header) {
        header = record.map((name) => name.trim());
        continue;
      }
      rows.push(record);
      lines.push(begins);
      if (rows.length === batchRows) yield batch();
    }
  } catch (error) {
    if (error instanceof ImportError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ImportError(
      'file-unreadable',
      `${path} could not be read to its end: ${message}. Is it a CSV with "${options.separator}" between columns${path.endsWith('.gz') ? ', packed with gzip' : ''}?`,
    );
  }
  if (!header) throw new ImportError('file-empty', `${path} is empty: it has not even a header row.`);
  yield batch();
}
