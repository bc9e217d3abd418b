import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** How a command of the command line ended, and what it said. */
export interface CliResult {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** Runs the built command line as a user does, in a process of its own. */
export async function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [resolve('dist/apps/cli/main.js'), ...args], {
    env: { UV_THREADPOOL_SIZE: '16', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, out, errors };
}
