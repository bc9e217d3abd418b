import type { Measure } from '#testing';
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/**
 * Runs `npm run train` as a user does; what it says on the way goes to stderr.
 * @returns its exit code, the last line that it printed, and the last of what it said
 */
export async function train(
  words: readonly string[],
): Promise<{ readonly code: number | null; readonly last: string; readonly said: string }> {
  const child = spawn(process.execPath, [resolve('scripts/train.mjs'), ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
    process.stderr.write(chunk);
  });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, last: lastLine(out), said: lastLine(said) };
}

/** @returns the measures that `--evaluate` printed @throws with the last of its words when it printed none */
export async function evaluated(words: readonly string[]): Promise<Measure[]> {
  const { code, last, said } = await train([...words, '--evaluate']);
  if (!last.startsWith('[')) throw new Error(`The trainer ended with code ${code} and measured nothing: ${said}`);
  return JSON.parse(last) as Measure[];
}

function lastLine(text: string): string {
  return text.trim().split('\n').pop() ?? '';
}
