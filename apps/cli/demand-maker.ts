import { calendarDate } from '#contracts';
import { spawn } from 'node:child_process';
import { z } from 'zod';
import type { Made } from './demand-follower.js';

/** The last line that `npm run train -- --kind demand --json` prints: what came of it. */
const result = z.union([
  z.object({ origin: calendarDate }).transform((): Made => ({ kind: 'made' })),
  z
    .object({ message: z.string(), enoughOn: calendarDate.nullable() })
    .transform(({ message, enoughOn }): Made =>
      enoughOn === null ? { kind: 'failed', words: message } : { kind: 'too-early', words: message, enoughOn },
    ),
]);

/** So many characters of what it says are kept, and of those on stderr said where it ends without a result. */
const [kept, shown] = [20_000, 2_000];
/** How long it may take to end when it is told to. */
const patienceMs = 5_000;

/**
 * Runs a command that makes a forecast, and waits for its end.
 * @param stop ends it, in a hurry where it does not listen: no child outlives a follower that was told to end
 */
export function runMaker([file = '', ...args]: readonly string[], stop: AbortSignal): Promise<Made> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    let hurry: NodeJS.Timeout | undefined;
    const end = (): void => {
      child.kill('SIGTERM');
      hurry = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-kept)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-shown)));
    // Without a child there is no `close`.
    child.once('error', ({ message }) => resolve({ kind: 'failed', words: `${file} could not be run: ${message}.` }));
    child.once('close', (code, signal) => {
      clearTimeout(hurry);
      stop.removeEventListener('abort', end);
      resolve(madeOf(output) ?? { kind: 'failed', words: `${file} ended with ${signal ?? `code ${code}`}. ${errors.trim()}` });
    });
    if (stop.aborted) end();
    else stop.addEventListener('abort', end, { once: true });
  });
}

function madeOf(output: string): Made | undefined {
  try {
    return result.safeParse(JSON.parse(output.trim().split('\n').at(-1) ?? '')).data;
  } catch {
    // Words for people, or nothing: it went wrong before it could say how.
    return undefined;
  }
}
