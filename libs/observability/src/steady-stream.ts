import { setTimeout as later } from 'node:timers';

/** What lines are written to, and opened anew when it fails. */
export interface LineSink {
  write(line: string): unknown;
  once(event: 'error', listener: (error: Error) => void): unknown;
  end(): unknown;
}

/** How long a sink that failed is left alone, in milliseconds. */
const againMs = 1_000;

/**
 * Lines to a sink that may fail: a log on a full disk must not end the program that writes it. Lines are lost until the sink can be opened
 * again; then one says how many.
 */
export class SteadyStream {
  #sink: LineSink | undefined;
  #lost = 0;

  /** @param open a new sink; what goes wrong with it later it emits as `error` */
  constructor(
    private readonly open: () => LineSink,
    private readonly waitMs = againMs,
  ) {
    this.begin();
  }

  write(line: string): void {
    if (this.#sink) this.#sink.write(line);
    else this.#lost += 1;
  }

  end(): void {
    this.#sink?.end();
  }

  private begin(): void {
    const sink = this.open();
    sink.once('error', (error) => this.failed(error));
    this.#sink = sink;
  }

  private failed(error: Error): void {
    this.#sink = undefined;
    this.#lost += 1;
    later(() => {
      const lost = this.#lost;
      this.#lost = 0;
      this.begin();
      const said = {
        level: 40,
        time: new Date().toISOString(),
        lost,
        error: error.message,
        msg: 'log lines were lost: they could not be written',
      };
      this.write(`${JSON.stringify(said)}\n`);
    }, this.waitMs).unref();
  }
}
