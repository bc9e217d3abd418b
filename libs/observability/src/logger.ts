import { basename, dirname } from 'node:path';
import { pino, type Logger } from 'pino';
import { createStream } from 'rotating-file-stream';

/** Nest token of the process's logger. */
export const LOGGER = Symbol('LOGGER');
export type { Logger };

/** A log file grows to this size; then it becomes `.1`, that one `.2`, and so on. An instance runs for months. */
const fileSize = '10M';
const formerFiles = 4;

/**
 * A JSON logger on stdout, or in a file that is kept small.
 * @param destination a file's path; absent: stdout
 */
export function createLogger(level: string, destination?: string): Logger {
  return pino(
    { level, base: null, redact: ['secret', 'authorization', '*.secret', '*.authorization'], timestamp: pino.stdTimeFunctions.isoTime },
    destination === undefined ? pino.destination({ dest: 1, sync: false }) : fileOf(destination),
  );
}

function fileOf(path: string): NodeJS.WritableStream {
  const name = basename(path);
  return createStream((index) => (typeof index === 'number' ? `${name}.${index}` : name), {
    ...{ path: dirname(path), size: fileSize, rotate: formerFiles },
  });
}
