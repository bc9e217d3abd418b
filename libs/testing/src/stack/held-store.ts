import { ClickHouseFault, unitOver, type ClickHouse, type Lane, type Columns, type Sql, type UnitOfWork } from '#clickhouse';

/** A write that is held back, as if its process had been stopped right before it was sent. */
export interface Held {
  /** Resolves with what the write does and to which table, once it has been reached. */
  readonly reached: Promise<string>;
  /** Lets it go. Also when it was not reached: then nothing is held any more. */
  release(): void;
}

/** A store as one of several processes has it: its writes can be held back, one at a time. */
export class HeldStore implements ClickHouse {
  readonly shared = true;
  #hold:
    { readonly wanted: (write: string) => boolean; readonly reach: (write: string) => void; readonly until: Promise<void> } | undefined;

  #cut: { readonly wanted: (write: string) => boolean; readonly keep: (run: () => Promise<void>) => void } | undefined;

  constructor(private readonly inner: ClickHouse) {}

  /** Holds the next write that is wanted, given as `INSERT fact_sales` or `TRUNCATE scratch_dirty_3`. */
  hold(wanted: (write: string) => boolean): Held {
    let release = (): void => undefined;
    let reach = (_: string): void => undefined;
    const until = new Promise<void>((done) => (release = done));
    const reached = new Promise<string>((done) => (reach = done));
    const hold = { wanted, reach, until };
    this.#hold = hold;
    const letGo = (): void => {
      if (this.#hold === hold) this.#hold = undefined;
      release();
    };
    return { reached, release: letGo };
  }

  /**
   * Fails the next write that is wanted, as a connection that breaks does, and keeps it on its way.
   * @returns lets it arrive; resolves with the engine's number when it is refused, else undefined
   */
  cut(wanted: (write: string) => boolean): () => Promise<number | undefined> {
    let arrive = (): Promise<void> => Promise.resolve();
    this.#cut = {
      wanted,
      keep: (run) => {
        arrive = run;
      },
    };
    return () =>
      arrive().then(
        () => undefined,
        (error: { engineCode?: number }) => error.engineCode,
      );
  }

  query<Row>(statement: Sql, lane?: Lane): Promise<Row[]> {
    return this.inner.query<Row>(statement, lane);
  }

  queryBinary(statement: Sql, lane?: Lane): Promise<Uint8Array> {
    return this.inner.queryBinary(statement, lane);
  }

  command(statement: Sql, lane?: Lane): Promise<void> {
    return this.pass(statement.text, () => this.inner.command(statement, lane));
  }

  insert(table: Sql, columns: readonly string[], rows: string, lane?: Lane): Promise<void> {
    return this.pass(`INSERT INTO ${table.text}`, () => this.inner.insert(table, columns, rows, lane));
  }

  insertRows<Row>(table: Sql, columns: Columns<Row>, rows: readonly Row[], lane?: Lane): Promise<void> {
    return this.pass(`INSERT INTO ${table.text}`, () => this.inner.insertRows(table, columns, rows, lane));
  }

  unit(): UnitOfWork {
    return unitOver(this);
  }

  writesTo(...tables: readonly Sql[]): number | undefined {
    return this.inner.writesTo(...tables);
  }

  version(): Promise<string> {
    return this.inner.version();
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private async pass(statement: string, run: () => Promise<void>): Promise<void> {
    const write = writeOf(statement);
    const [hold, cut] = [this.#hold, this.#cut];
    if (cut?.wanted(write)) {
      this.#cut = undefined;
      cut.keep(run);
      throw new ClickHouseFault('engine-unavailable', `ClickHouse does not answer (cut before ${write}); it is tried again.`);
    }
    if (hold?.wanted(write)) {
      this.#hold = undefined;
      hold.reach(write);
      await hold.until;
    }
    await run();
  }
}

/** What a write does, and to which table: `INSERT fact_sales`. */
export function writeOf(statement: string): string {
  const [, verb = '', table = ''] = /^\s*(\w+)[^`]*`\w+`\.`(\w+)`/.exec(statement) ?? [];
  return `${verb} ${table}`;
}
