import kafkajs, { type Kafka, type logLevel as LogLevel } from 'kafkajs';
import { StreamingError } from './streaming.errors.js';
import type { StreamingLogger } from './streaming.js';

const { KafkaJSProtocolError } = kafkajs;

/** The broker's own error type, wherever in the chain of causes kafkajs has put it. */
export function protocolError(error: unknown): string | undefined {
  for (const each of chain(error)) if (each instanceof KafkaJSProtocolError) return each.type;
  return undefined;
}

/** kafkajs can only read uncompressed and gzip batches; the others end its fetch loop before any offset is known. */
export function isUnknownCompression(error: unknown): boolean {
  return [...chain(error)].some((each) => each.name === 'KafkaJSNotImplemented' || /compression not implemented/i.test(each.message));
}

/** Runs a call to the broker; what it throws names the brokers and is this lib's own error. */
export async function guarded<T>(brokers: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unreachable(brokers, error);
  }
}

export function unreachable(brokers: readonly string[], error: unknown): StreamingError {
  if (error instanceof StreamingError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StreamingError('broker-unreachable', `Kafka at ${brokers.join(', ')} did not do it: ${message}`, { cause: error });
}

/** Everything kafkajs says goes to `debug`: it warns of each lost connection, the states of this lib say it once and in words. */
export function forwardTo(logger: StreamingLogger): NonNullable<ConstructorParameters<typeof Kafka>[0]['logCreator']> {
  return (_level: LogLevel) =>
    ({ namespace, log: { message, ...fields } }) => {
      logger.debug({ namespace, error: fields['error'] as unknown }, message);
    };
}

function* chain(error: unknown): Generator<Error> {
  for (let at: unknown = error; at instanceof Error; at = at.cause) yield at;
}
