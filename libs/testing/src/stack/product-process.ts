import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { nodeFlags } from './node-flags.js';

/** Those that are deployed. */
export type ProcessName = 'store' | 'ingestor' | 'scorer' | 'api' | 'simulator';

/** One of the product's processes as it is deployed: the built program, told everything by its environment. */
export class ProductProcess {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    /** Addresses of its line "is ready": its own first. */
    readonly urls: readonly string[],
    private readonly output: () => string,
  ) {}

  /** @throws with all it said when it ends before it is ready */
  static async start(name: ProcessName, env: Readonly<Record<string, string>>): Promise<ProductProcess> {
    const child = spawn(process.execPath, [...nodeFlags, resolve(`dist/apps/${name}/main.js`)], {
      env: { UV_THREADPOOL_SIZE: '16', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: signals of the test runner do not reach it.
      detached: true,
    });
    let said = '';
    return new Promise((done, failed) => {
      const listen = (chunk: Buffer): void => {
        said += chunk.toString('utf8');
        const ready = /is ready: (.*)\n/.exec(said)?.[1];
        if (ready !== undefined) done(new ProductProcess(name, child, ready.match(/http:\S+/g) ?? [], () => said));
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('exit', (code) => failed(new Error(`The ${name} ended with code ${code} before it was ready:\n${said}`)));
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get url(): string {
    return this.urls[0] ?? '';
  }

  /** All it wrote. */
  get said(): string {
    return this.output();
  }

  /** GET or another method, as text. @throws on any status but 2xx */
  async call(path: string, method = 'GET', body?: object): Promise<string> {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${this.name}: ${method} ${path}: ${response.status} ${text}`);
    return text;
  }

  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.call(path)) as T;
  }

  /** Stops it where it stands, as a machine that sleeps does; it knows nothing of it. Or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }

  /** SIGTERM drains it; SIGKILL does not. @returns the exit code, null after a kill */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    await gone;
    return this.child.exitCode;
  }
}
