import { constants } from 'node:os';

/**
 * Signals that the launcher hands on to the program. A terminal sends its Ctrl-C to both, so there the launcher only waits;
 * without a terminal a SIGINT was meant for the launcher alone, and would be lost.
 * @param {boolean} terminal whether a person sits at stdin
 */
function signalsToHandOn(terminal) {
  return terminal ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT'];
}

/** Exit code of a child, as a shell would say it: 128 + n for one that a signal ended. */
function exitCodeOf(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 1);
}

/**
 * Stands in for a child that shares the terminal: hands on what does not reach it, and ends as it ends. It drains, we only wait.
 * @param {import('node:child_process').ChildProcess} child
 */
export function standInFor(child) {
  process.on('SIGINT', () => undefined);
  for (const signal of signalsToHandOn(process.stdin.isTTY === true)) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(exitCodeOf(code, signal)));
}
