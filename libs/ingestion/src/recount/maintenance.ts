import type { AuditReport } from '../audit/audit.js';
import { IngestionError } from '../ingestion.errors.js';
import { fullAudit } from './full-audit.js';
import { rebuild } from './rebuild.js';
import type { RecountOf } from './recount-of.js';

export type MaintenanceWork = 'audit' | 'rebuild';

/** Long work on a shop's figures and how far it is. */
export interface MaintenanceState {
  readonly work: MaintenanceWork;
  readonly state: 'running' | 'done' | 'failed';
  readonly phase: string;
  readonly done: number;
  readonly of: number;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly audit: AuditReport | null;
  readonly tables: readonly string[];
  readonly error: string | null;
}

/** Audits of everything and rebuilds of one shop, one at a time: both fold the ledger in the same place. */
export class Maintenance {
  #state: MaintenanceState | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();

  constructor(
    private readonly of: Omit<RecountOf, 'signal'>,
    /** Told of each that ended. */
    private readonly ended: (state: MaintenanceState) => void,
  ) {}

  /** The last one, whether it runs or not. */
  get state(): MaintenanceState | undefined {
    return this.#state;
  }

  /**
   * Starts one and returns at once.
   * @param tables that a rebuild puts in place; none: all
   * @throws {IngestionError} `maintenance-runs`
   */
  start(work: MaintenanceWork, tables: readonly string[]): MaintenanceState {
    if (this.#state?.state === 'running') {
      const { work: other, startedAt } = this.#state;
      throw new IngestionError(
        'maintenance-runs',
        `A ${other} of ${this.of.shop.shop} runs since ${startedAt.toISOString()}. Ask again when it is through.`,
      );
    }
    const begun = { phase: 'making room', done: 0, of: 0, endedAt: null, audit: null, tables: [], error: null };
    this.#state = { work, state: 'running', startedAt: new Date(), ...begun };
    this.#running = this.run(work, tables);
    return this.#state;
  }

  /** Breaks off what runs; resolves when it is gone. Figures stay as they are. */
  async stop(): Promise<void> {
    this.#stop.abort(new IngestionError('maintenance-stopped', 'The instance stops: nothing was changed. Start it again and ask anew.'));
    await this.#running;
  }

  private async run(work: MaintenanceWork, tables: readonly string[]): Promise<void> {
    const { signal } = this.#stop;
    const of = { ...this.of, signal, atRest: <T>(rest: () => Promise<T>) => orAborted((each) => this.of.atRest(each), rest, signal) };
    const told = (phase: string, done: number, all: number): void => this.note({ phase, done, of: all });
    try {
      if (work === 'audit') this.note({ audit: await fullAudit(of, told) });
      else this.note({ tables: await rebuild(of, tables, told) });
      this.note({ state: 'done', endedAt: new Date() });
    } catch (error) {
      this.note({ state: 'failed', endedAt: new Date(), error: error instanceof Error ? error.message : String(error) });
    }
    if (this.#state) this.ended(this.#state);
  }

  private note(change: Partial<MaintenanceState>): void {
    if (this.#state) this.#state = { ...this.#state, ...change };
  }
}

/** Rest that has not begun is not waited for after a stop; once it has, it is finished: it may be exchanging tables. */
function orAborted<T>(atRest: RecountOf['atRest'], rest: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let begun = false;
  const work = atRest(() => {
    signal.throwIfAborted();
    begun = true;
    return rest();
  });
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      if (!begun) reject(signal.reason as Error);
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
