import type { ResolvedConfig } from '#config';
import { createLogger, releaseDirectory, takeDirectory, Undo, type Logger } from '#observability';
import { superviseBroker } from '#streaming';
import { streamingConfig } from '#streaming/config';
import { join, resolve } from 'node:path';
import type { Kafka, Progress } from './services.js';
import { tidelineConfig } from './tideline.config.js';

/** A running instance. */
export interface AllInOne {
  readonly url: string;
  /** In order: intake, what is in flight, clients, store, broker. */
  stop(): Promise<void>;
}

/**
 * Starts everything in one process: directory -> broker, and beside it the program -> store -> schema -> topics -> refresh -> consumers -> API.
 * What was started is stopped again when a later part fails.
 */
export async function startAllInOne(config: ResolvedConfig, progress: Progress, notice: (message: string) => void): Promise<AllInOne> {
  const { TIDELINE_DATA, TIDELINE_LOG_LEVEL } = config.get(tidelineConfig);
  const data = resolve(TIDELINE_DATA);
  const undo = new Undo();
  try {
    await takeDirectory(data);
    undo.push(() => releaseDirectory(data));
    const logger = createLogger(TIDELINE_LOG_LEVEL, join(data, 'logs', 'tideline.log'));
    const kafka = reachBroker(config, data, progress, logger, notice);
    const started = kafka.then(
      ({ broker }) => broker,
      // Found by who waits for its address.
      () => undefined,
    );
    undo.push(async () => (await started)?.stop());
    // Loading the rest keeps one core busy for as long as the broker's start does another.
    const { startServices } = await import('./services.js');
    const url = await startServices({ config, data, kafka, logger, undo, progress });
    return { url, stop: () => undo.run() };
  } catch (error) {
    throw await undo.because(error);
  }
}

async function reachBroker(
  config: ResolvedConfig,
  data: string,
  progress: Progress,
  logger: Logger,
  notice: (message: string) => void,
): Promise<Kafka> {
  const { KAFKA_BROKERS: brokers, KAFKA_HEAP_MB: heapMb } = config.get(streamingConfig);
  if (brokers) {
    progress(`Kafka at ${brokers.join(', ')}`);
    return { brokers };
  }
  progress('starting Kafka');
  const broker = await superviseBroker(
    {
      directory: join(data, 'kafka'),
      jars: resolve(config.get(tidelineConfig).TIDELINE_KAFKA_JARS),
      log4j: resolve('infra/kafka/log4j2.yaml'),
      heapMb,
    },
    (message) => {
      logger.warn({ message }, 'broker');
      notice(message);
    },
  );
  progress(`Kafka at ${broker.bootstrap}`);
  return { brokers: [broker.bootstrap], broker };
}
