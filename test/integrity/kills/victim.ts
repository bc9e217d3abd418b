import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { SubjectName } from './subjects.js';

/** A rename as strace saw it. */
export interface Rename {
  /** Path below the victim's directory. */
  readonly source: string;
  readonly call: string;
  /** How many calls of this kind for this source its thread had made, this one included. */
  readonly ofSource: number;
  /** How many calls of this kind its thread had made, this one included. */
  readonly ofCall: number;
}

/**
 * Where to kill: before the renaming of a path, or before the n-th call of a kind in one thread, for paths with a random name in them.
 * strace counts calls by thread, so that a number alone would not say which rename of the process it is.
 */
export type Aim =
  { readonly source: string; readonly call: string; readonly count: number } | { readonly call: string; readonly count: number };

export interface VictimRun {
  /** Whether it was killed; else it ended by itself. */
  readonly killed: boolean;
  /** Milliseconds from the beginning of its work until its end. */
  readonly workedMs: number;
}

// How the engine renames: parts by the first, tables (a refreshed view is a table exchanged for another) by the last.
const calls = 'rename,renameat,renameat2';

/** Whether strace is there and may trace. */
export async function hasStrace(): Promise<boolean> {
  return promisify(execFile)('strace', ['-o', '/dev/null', '-e', 'trace=rename', process.execPath, '-e', '0']).then(
    () => true,
    () => false,
  );
}

/** One process that works on a directory, to be killed. */
export class Victim {
  constructor(
    private readonly subject: SubjectName,
    readonly directory: string,
    private readonly seed: number,
  ) {}

  /** Lets it work to its end. @returns every rename, in order */
  async renames(): Promise<Rename[]> {
    const log = `${this.directory}.strace`;
    const run = await this.run(['strace', '-f', '-qq', '-e', `trace=${calls}`, '-s', '4096', '-o', log]);
    if (run.killed) throw new Error('The process ended before its work did.');
    return renamesIn(await readFile(log, 'utf8'), this.directory);
  }

  /** SIGKILL at the entry of a rename: it does not take place. */
  async killAt(aim: Aim): Promise<VictimRun> {
    const path = 'source' in aim ? ['-P', join(this.directory, aim.source)] : [];
    const inject = `inject=${aim.call}:signal=SIGKILL:when=${aim.count}`;
    return this.run(['strace', '-f', '-qq', ...path, '-e', `trace=${aim.call}`, '-e', inject, '-o', '/dev/null']);
  }

  /** SIGKILL so many milliseconds after the work began. */
  async killAfter(ms: number): Promise<VictimRun> {
    return this.run([], ms);
  }

  /** Lets it work to its end, without strace. */
  async work(): Promise<VictimRun> {
    return this.run([]);
  }

  private run(tracer: readonly string[], killAfterMs?: number): Promise<VictimRun> {
    const program = [process.execPath, resolve('dist/test/integrity/kills/program.js'), this.subject, this.directory, String(this.seed)];
    const [command = '', ...args] = [...tracer, ...program];
    const child = spawn(command, args, {
      env: { UV_THREADPOOL_SIZE: '16', PATH: '/usr/local/bin:/usr/bin:/bin' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [begun, ended, said] = [Number.NaN, Number.NaN, ''];
    const listen = (chunk: Buffer): void => {
      said += chunk.toString('utf8');
      if (Number.isNaN(begun) && said.startsWith('begun\n')) {
        begun = performance.now();
        if (killAfterMs !== undefined) void sleep(killAfterMs).then(() => child.kill('SIGKILL'));
      }
      if (Number.isNaN(ended) && said.includes('ended\n')) ended = performance.now();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    return new Promise((done, failed) => {
      child.once('error', failed);
      child.once('close', (code, signal) => {
        // strace ends by the signal that ended what it traced.
        const killed = signal === 'SIGKILL' || code === 137;
        if (killed || code === 0) done({ killed, workedMs: (Number.isNaN(ended) ? performance.now() : ended) - begun });
        else failed(new Error(`The process ended with code ${code} by itself:\n${said}`));
      });
    });
  }
}

const line = /^(\d+)\s+(rename|renameat|renameat2)\((.*)$/;

/** Renames in strace's output, in its order. Paths come quoted, at most two to a call. */
export function renamesIn(output: string, directory: string): Rename[] {
  const seen = new Map<string, number>();
  const counted = (key: string): number => {
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count;
  };
  return output.split('\n').flatMap((text) => {
    const [, thread = '', call = '', rest = ''] = line.exec(text) ?? [];
    const path = /"([^"]*)"/.exec(rest)?.[1];
    if (!path?.startsWith(`${directory}/`)) return [];
    const source = path.slice(directory.length + 1);
    return [{ source, call, ofSource: counted(`${thread} ${call} ${source}`), ofCall: counted(`${thread} ${call}`) }];
  });
}
