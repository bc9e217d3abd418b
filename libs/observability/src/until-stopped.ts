/** What a process runs, and how it is let go. */
export interface Running {
  /** Where it is reached, for the line that says it is ready. */
  readonly ready: string;
  stop(): Promise<void>;
}

/**
 * Starts a process of the product, says that it is ready, and stops it at SIGINT, SIGTERM or SIGHUP: what is in flight is
 * finished first.
 * @returns the exit code: 0 after a stop, 1 when it could not start or stop
 */
export async function untilStopped(name: string, start: () => Promise<Running>): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let asked: () => void = () => undefined;
  const stopping = new Promise<void>((done) => (asked = done));
  for (const signal of signals) process.on(signal, asked);
  try {
    const running = await start();
    say(`Tideline ${name} is ready: ${running.ready}`);
    await stopping;
    say(`Tideline ${name} stops: finishing what is in flight`);
    await running.stop();
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say(
      (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        ? `Tideline ${name}: the port is taken (${message}). Choose another one, or 0 for a free one.`
        : `Tideline ${name}: ${message}`,
    );
    return 1;
  } finally {
    for (const signal of signals) process.off(signal, asked);
  }
}
