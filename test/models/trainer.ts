import type { Measure } from '#testing';
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/**
 * Runs `npm run train` as a user does; what it says on the way goes to stderr.
 * @returns the measures it printed @throws with the last of its words when it printed none
 */
export async function evaluated(words: readonly string[]): Promise<Measure[]> {
  const child = spawn(process.execPath, [resolve('scripts/train.mjs'), ...words, '--evaluate'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
    process.stderr.write(chunk);
  });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  const last = out.trim().split('\n').pop() ?? '';
  if (!last.startsWith('[')) throw new Error(`The trainer ended with code ${code} and measured nothing: ${said.trim().split('\n').pop()}`);
  return JSON.parse(last) as Measure[];
}
