import { InvalidArgumentError } from 'commander';

/** What every command that sends says of `--brokers`. */
export const brokersHelp = 'Kafka as this machine reaches it, host:port separated by commas (default: what the instance uses itself)';

/** The value of `--brokers`. */
export function parseBrokers(text: string): string[] {
  const brokers = text.split(',').map((broker) => broker.trim());
  const wrong = brokers.find((broker) => !/^[^\s:]+:\d+$/.test(broker));
  if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is not host:port.`);
  return brokers;
}
