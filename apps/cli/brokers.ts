import { InvalidArgumentError } from 'commander';

/** What every command that sends says of `--brokers`. */
export const brokersHelp =
  'Kafka as this machine reaches it, host:port separated by commas (default: KAFKA_BROKERS, else what the instance uses itself)';

/** The value of `--brokers`. */
export function parseBrokers(text: string): string[] {
  const brokers = text.split(',').map((broker) => broker.trim());
  const wrong = brokers.find((broker) => !/^[^\s:]+:\d+$/.test(broker));
  if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is not host:port.`);
  return brokers;
}

/** The brokers that this machine's settings name; undefined: those of the instance. Loaded late, as all settings. */
export async function brokersHere(): Promise<readonly string[] | undefined> {
  const [{ readConfig }, { streamingConfig }] = await Promise.all([import('#config'), import('#streaming/config')]);
  return readConfig([streamingConfig], undefined, { strict: false }).get(streamingConfig).KAFKA_BROKERS;
}
