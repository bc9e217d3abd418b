import { ClickHouseFault, unitOver, type ClickHouse, type Columns, type Lane, type Sql, type UnitOfWork } from '#clickhouse';

/** What is to go wrong with one statement of the writer's and the refresher's lanes. */
export interface Fault {
  /**
   * `crash`: the process dies there; it never hears of this statement nor of any other.
   * `failure`: the statement is reported as failed, and the process lives.
   */
  readonly kind: 'crash' | 'failure';
  /** Which statement from now on, counted from 1. */
  readonly at: number;
  /** Whether the store had carried it out. */
  readonly carriedOut: boolean;
}

/**
 * One process's way to an engine, on which statements fail as told. Reads beside the steps (the reader's lane) wait until they are let
 * through, so that they always come at the same place between the others and a run can be repeated.
 */
export class FaultyClickHouse implements ClickHouse {
  #fault: Fault | undefined;
  #seen = 0;
  #dead = false;
  readonly #running = new Set<Promise<unknown>>();
  readonly #died: Promise<void>;
  #die: () => void = () => undefined;
  #reading: Promise<void> = Promise.resolve();
  #letThrough: () => void = () => undefined;

  constructor(private readonly engine: ClickHouse) {
    this.#died = new Promise((died) => (this.#die = died));
    this.holdReaders();
  }

  get shared(): boolean {
    return this.engine.shared;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Runs work of the process under a fault. @returns `died` when the process did not live to see its end */
  async under<T>(fault: Fault | undefined, work: () => Promise<T>): Promise<T | 'died'> {
    this.#fault = fault;
    this.#seen = 0;
    try {
      return await Promise.race([work(), this.#died.then(() => 'died' as const)]);
    } finally {
      this.#fault = undefined;
      await this.idle();
    }
  }

  /** The process dies between two statements. */
  async kill(): Promise<void> {
    this.#dead = true;
    this.#die();
    await this.idle();
  }

  /** Lets the reads beside the steps through while `work` waits for them. */
  async reading<T>(work: () => Promise<T>): Promise<T> {
    this.#letThrough();
    try {
      return await work();
    } finally {
      this.holdReaders();
    }
  }

  query<Row>(statement: Sql, lane: Lane = 'reader'): Promise<Row[]> {
    return this.run(lane, () => this.engine.query<Row>(statement, lane));
  }

  queryBinary(statement: Sql, lane: Lane = 'reader'): Promise<Uint8Array> {
    return this.run(lane, () => this.engine.queryBinary(statement, lane));
  }

  command(statement: Sql, lane: Lane = 'writer'): Promise<void> {
    return this.run(lane, () => this.engine.command(statement, lane));
  }

  insert(table: Sql, columns: readonly string[], rows: string, lane: Lane = 'writer'): Promise<void> {
    return this.run(lane, () => this.engine.insert(table, columns, rows, lane));
  }

  insertRows<Row>(table: Sql, columns: Columns<Row>, rows: readonly Row[], lane: Lane = 'writer'): Promise<void> {
    return this.run(lane, () => this.engine.insertRows(table, columns, rows, lane));
  }

  unit(): UnitOfWork {
    return unitOver(this);
  }

  writesTo(...tables: readonly Sql[]): number | undefined {
    return this.engine.writesTo(...tables);
  }

  version(): Promise<string> {
    return this.engine.version();
  }

  /** The engine is another's. */
  async close(): Promise<void> {
    await this.idle();
  }

  private async run<T>(lane: Lane, statement: () => Promise<T>): Promise<T> {
    // A fault is met at the call, so that statements sent together are counted in their order.
    const fault = lane === 'reader' || this.#dead ? undefined : this.meet();
    if (lane === 'reader') await this.#reading;
    if (fault?.kind === 'crash') this.#dead = true;
    if (this.#dead && !fault?.carriedOut) return this.never();
    const answer = fault && !fault.carriedOut ? undefined : await this.tracked(statement());
    if (this.#dead) return this.never();
    if (fault) throw new ClickHouseFault('engine-unavailable', 'The store does not answer: so the test wants it.');
    return answer as T;
  }

  private meet(): Fault | undefined {
    this.#seen += 1;
    return this.#fault?.at === this.#seen ? this.#fault : undefined;
  }

  /** Who is dead hears nothing. */
  private never(): Promise<never> {
    this.#die();
    return new Promise(() => undefined);
  }

  private async tracked<T>(running: Promise<T>): Promise<T> {
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Statements on their way end before anybody else may act: the engine would not outlive its process either. */
  private async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  private holdReaders(): void {
    this.#reading = new Promise((through) => (this.#letThrough = through));
  }
}
