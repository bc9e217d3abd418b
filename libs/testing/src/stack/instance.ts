import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { kafkaJars } from './local-parts.js';
import { nodeFlags } from './node-flags.js';

const programFile = resolve('dist/program/tideline.js');

/** What `npm start` runs in the end. */
const program: readonly string[] = [process.execPath, ...nodeFlags, programFile];

/** The all-in-one as a user runs it: the built program in a process of its own. */
export class Instance {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** When the process was started, on this process's clock (`performance.now`). */
    readonly begun: number,
    /** From the start of the process until it said that it is ready, in milliseconds. */
    readonly readyMs: number,
  ) {}

  /**
   * @param data its directory; starting again on the same one continues
   * @param command the words that start it: the program itself, or `npm start`
   */
  static async start(data: string, env: Readonly<Record<string, string>> = {}, command = program): Promise<Instance> {
    refuseStaleProgram();
    const begun = performance.now();
    const [file = '', ...args] = command;
    const child = spawn(file, args, {
      env: {
        PATH: pathOf(),
        UV_THREADPOOL_SIZE: '16',
        TIDELINE_DATA: data,
        TIDELINE_PORT: '0',
        TIDELINE_KAFKA_JARS: kafkaJars,
        TIDELINE_SIMULATOR: 'off',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, as a terminal would give it: signals of the test runner do not reach it.
      detached: true,
    });
    let said = '';
    return new Promise((done, failed) => {
      const listen = (chunk: Buffer): void => {
        said += chunk.toString('utf8');
        const url = /is ready: (\S+)/.exec(said)?.[1];
        if (url) done(new Instance(child, url, begun, performance.now() - begun));
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('exit', (code) => failed(new Error(`The instance ended with code ${code} before it was ready:\n${said}`)));
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** SIGKILL: nothing is drained. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ctrl-C: drains, stops the broker, ends. @returns the exit code */
  async stop(): Promise<number | null> {
    await this.end('SIGINT');
    return this.child.exitCode;
  }

  /** GET, parsed. @throws on any status but 2xx, with the body */
  async get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  private async end(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    if (!this.running) return;
    const gone = once(this.child, 'exit');
    // A terminal tells its whole group; a kill hits one process.
    if (signal === 'SIGINT') process.kill(-this.pid, signal);
    else this.child.kill(signal);
    await gone;
  }
}

/** The compiler alone does not put the program together: what was measured or proved would be the one of before. */
function refuseStaleProgram(): void {
  const [program, compiled] = [programFile, resolve('dist/.tsbuildinfo')].map(
    (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  if (program === undefined || compiled === undefined || program < compiled)
    throw new Error(`${programFile} is not of this build: npm run build puts it together.`);
}

/** The one thing of the environment that a child needs to find java. */
function pathOf(): string {
  return ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', resolve(process.execPath, '..')].join(':');
}
