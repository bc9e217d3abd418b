import { setTimeout as sleep } from 'node:timers/promises';
import { startBroker, type Broker, type BrokerOptions } from './broker.js';

export interface SupervisedBroker {
  /** Stays the same over restarts: the ports are kept in the broker's directory. */
  readonly bootstrap: string;
  /** Process id of the broker that runs now. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** Told what happened to the broker, in words for the terminal and the log. */
export type BrokerEvents = (message: string) => void;

const backoffMs = [500, 1_000, 2_000, 5_000, 10_000] as const;

/**
 * A broker that is started again when it dies: clients find it at the same address and go on by themselves.
 * @throws {StreamingError} `broker-not-started` when the first start fails
 */
export async function superviseBroker(options: Omit<BrokerOptions, 'onExit'>, say: BrokerEvents): Promise<SupervisedBroker> {
  let stopping = false;
  let restarting: Promise<void> = Promise.resolve();
  let broker: Broker;

  const start = (): Promise<Broker> =>
    startBroker({
      ...options,
      onExit: (message) => {
        if (stopping) return;
        say(`${message} It is started again.`);
        restarting = restart();
      },
    });
  const restart = async (): Promise<void> => {
    for (let attempt = 0; !stopping; attempt += 1) {
      await sleep(backoffMs[Math.min(attempt, backoffMs.length - 1)]);
      if (stopping) return;
      try {
        const before = broker.bootstrap;
        broker = await start();
        say(
          broker.bootstrap === before
            ? `The Kafka broker is back at ${before}.`
            : `The Kafka broker came back at ${broker.bootstrap}, its port ${before} was taken. Restart Tideline to go on.`,
        );
        return;
      } catch (error) {
        say(wordsOf(error));
      }
    }
  };

  broker = await start();
  return {
    get bootstrap() {
      return broker.bootstrap;
    },
    get pid() {
      return broker.pid;
    },
    stop: async () => {
      stopping = true;
      await restarting;
      await broker.stop();
    },
  };
}

function wordsOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
    return 'The Kafka broker cannot be started: the disk is full. Free some space; it is tried again.';
  return error instanceof Error ? error.message : String(error);
}
