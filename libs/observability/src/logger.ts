import { pino, type Logger } from 'pino';

/** Nest token of the process's logger. */
export const LOGGER = Symbol('LOGGER');
export type { Logger };

/**
 * A JSON logger on stdout, or in a file.
 * @param destination a file's path; absent: stdout
 */
export function createLogger(level: string, destination?: string): Logger {
  return pino(
    { level, base: null, redact: ['secret', 'authorization', '*.secret', '*.authorization'], timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(destination === undefined ? { dest: 1, sync: false } : { dest: destination, mkdir: true, sync: false }),
  );
}
