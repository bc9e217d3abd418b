import { parse } from 'csv-parse';
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PassThrough, pipeline, Transform } from 'node:stream';
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
  pipeline(raw, path.endsWith('.gz') ? createGunzip() : new PassThrough(), checkedText(path, options.encoding), parser, done);

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

/**
 * Lets the bytes of a file through as long as they are the text they are taken for. The parser would put one sign for all that it cannot
 * read: of customers Müller and Möller it would make one. In latin1 every byte means something; a byte-order mark says more than the
 * mapping, and the parser follows it.
 */
function checkedText(path: string, encoding: 'utf-8' | 'latin1'): Transform {
  let utf8: boolean | undefined;
  let line = 1;
  /** A character that the end of a chunk cut in two. */
  let cut: Buffer = Buffer.alloc(0);
  const fault = (bytes: Buffer): ImportError => {
    for (const each of bytes.toString('latin1').split('\n')) {
      if (!isUtf8(Buffer.from(each, 'latin1'))) break;
      line += 1;
    }
    return new ImportError(
      'file-unreadable',
      `${path} is not in UTF-8: line ${line} is the first with bytes that mean nothing there. Save the file as UTF-8, or set csv.encoding to latin1 in the mapping if that is what it is. Nothing was sent.`,
    );
  };
  return new Transform({
    transform(chunk: Buffer, _, callback) {
      utf8 ??= encoding === 'utf-8' ? !startsWith(chunk, utf16Mark) : startsWith(chunk, utf8Mark);
      if (!utf8) return callback(null, chunk);
      const bytes = cut.length === 0 ? chunk : Buffer.concat([cut, chunk]);
      const end = endOfWhole(bytes);
      const whole = bytes.subarray(0, end);
      cut = bytes.subarray(end);
      if (!isUtf8(whole)) return callback(fault(whole));
      for (let at = whole.indexOf(10); at !== -1; at = whole.indexOf(10, at + 1)) line += 1;
      callback(null, whole);
    },
    flush(callback) {
      callback(cut.length === 0 ? null : fault(cut));
    },
  });
}

const utf8Mark = [0xef, 0xbb, 0xbf];
const utf16Mark = [0xff, 0xfe];
const startsWith = (bytes: Buffer, mark: readonly number[]): boolean => mark.every((byte, index) => bytes[index] === byte);

/** Where the last character begins if its end is missing, else the length. */
function endOfWhole(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0x80 && byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
