import { constants } from 'node:os';

/**
 * Signals that the launcher hands on to the program. A terminal sends its Ctrl-C to both, so there the launcher only waits;
 * without a terminal a SIGINT was meant for the launcher alone, and would be lost.
 * @param {boolean} terminal whether a person sits at stdin
 */
export function signalsToHandOn(terminal) {
  return terminal ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT'];
}

/** Exit code of a child, as a shell would say it: 128 + n for one that a signal ended. */
export function exitCodeOf(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 1);
}
