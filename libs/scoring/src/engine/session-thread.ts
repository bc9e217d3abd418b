import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { ScoringError } from '../scoring.errors.js';
import { serveSession, type Answer, type Opened, type Run, type ThreadData } from './serve-session.js';

/** What one run gives: [N] and, if asked for, [N, F]. */
export interface Ran {
  readonly said: Float32Array;
  readonly contrib?: Float32Array;
}

/** A model loads in some hundred milliseconds, on a machine that is busy in some seconds; whoever waits holds a shop's scoring up. */
const openMs = 60_000;

interface Waiting {
  readonly resolve: (ran: Ran) => void;
  readonly reject: (error: ScoringError) => void;
}

/**
 * One model on a thread of its own: `session.run` blocks its thread, for 20,000 rows 180 ms, and this one has nothing else to do.
 * Runs are answered in the order in which they were asked. A thread that is idle keeps no process alive.
 */
export class SessionThread {
  private readonly waiting = new Map<number, Waiting>();
  private readonly ended: Promise<void>;
  private readonly opening: Promise<Opened>;
  private asked = 0;
  private closing: Promise<void> | undefined;
  private over: ScoringError | undefined;

  private constructor(private readonly worker: Worker) {
    let opened: (result: Opened) => void;
    let failed: (error: ScoringError) => void;
    this.opening = new Promise<Opened>((resolve, reject) => ([opened, failed] = [resolve, reject]));
    worker.on('message', (message: Answer) => {
      if (message.kind === 'opened') return opened(message);
      this.settle(message);
    });
    worker.on('error', (error) => (this.over ??= gone(error)));
    this.ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.over ??= gone();
        failed(this.over);
        for (const { reject } of this.waiting.values()) reject(this.over);
        this.waiting.clear();
        resolve();
      });
    });
  }

  /**
   * Starts the thread and loads the model.
   * @returns it, and what its files say of themselves; throws what the runtime says of a file that is no model (code `file-unreadable`),
   *   or `open-timeout` where it says nothing within the limit: its thread is ended
   * @param limitMs milliseconds
   */
  static async open(data: ThreadData, limitMs = openMs): Promise<[SessionThread, Opened & { readonly ok: true }]> {
    const runtime = createRequire(import.meta.url).resolve('onnxruntime-node');
    // As text, not as a file: a thread does not load TypeScript, and this one must start from the source as from the build.
    const script = `const { parentPort, workerData } = require('node:worker_threads');(${serveSession.toString()})(parentPort, require(workerData.runtime), workerData)`;
    // Without the process's own flags: with `--input-type=module` the text would be no script.
    const options = { eval: true, execArgv: [], workerData: { runtime, ...data }, name: 'tideline-scoring' };
    const thread = new SessionThread(new Worker(script, options));
    const opened = await within(limitMs, thread.opening);
    if (!opened) {
      thread.opening.catch(() => undefined);
      await thread.worker.terminate();
      throw new ScoringError('open-timeout', `The model was not loaded within ${limitMs / 1_000} s. It is tried again.`);
    }
    thread.worker.unref();
    if (opened.ok) return [thread, opened];
    await thread.close();
    throw new ScoringError(
      'file-unreadable',
      `The model file is no ONNX model that this runtime can load (${opened.message}). Train it again.`,
    );
  }

  /** Whether the thread has ended, by itself or by `close`: nothing is answered any more. */
  get hasEnded(): boolean {
    return this.over !== undefined;
  }

  /** Scores [count, width] rows, all at once. The rows are handed over: they are empty for the caller afterwards. */
  run(rows: Float32Array<ArrayBuffer>, count: number, contributions: boolean): Promise<Ran> {
    if (this.closing) return Promise.reject(new ScoringError('model-closed', 'The model was closed; open it again.'));
    if (this.over) return Promise.reject(this.over);
    const id = (this.asked += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.ref();
      this.worker.postMessage({ kind: 'run', id, rows, count, contributions } satisfies Run, [rows.buffer]);
    });
  }

  /** Lets what was asked end, then ends the thread. */
  close(): Promise<void> {
    this.closing ??= (async () => {
      this.worker.ref();
      this.worker.postMessage({ kind: 'close' });
      await this.ended;
    })();
    return this.closing;
  }

  private settle(answer: Exclude<Answer, Opened>): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0 && !this.closing) this.worker.unref();
    if (answer.ok) waiting?.resolve(answer);
    else waiting?.reject(new ScoringError('run-failed', `The runtime could not score these rows (${answer.message}).`));
  }
}

/** undefined where nothing came in time. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), limitMs)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function gone(cause?: unknown): ScoringError {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  return new ScoringError('run-failed', `The thread that scores has ended${why}. Open the model again.`, { cause });
}
