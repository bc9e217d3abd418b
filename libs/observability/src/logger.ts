import { basename, dirname } from 'node:path';
import { pino, type Logger } from 'pino';
import { createStream } from 'rotating-file-stream';
import { SteadyStream } from './steady-stream.js';

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

function fileOf(path: string): SteadyStream {
  const name = basename(path);
  const nameOf = (index: number | Date | null): string => (typeof index === 'number' ? `${name}.${index}` : name);
  return new SteadyStream(() => createStream(nameOf, { ...{ path: dirname(path), size: fileSize, rotate: formerFiles } }));
}
