export interface BrokerSettings {
  readonly broker: number;
  readonly controller: number;
  readonly dataDirectory: string;
  /** The address that clients are told to come to. @default its own */
  readonly advertised?: string | undefined;
}

/** Settings of the local broker: one KRaft node, loopback only, small internal topics. */
export function serverProperties(settings: BrokerSettings): string {
  const properties: Readonly<Record<string, string | number>> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${settings.controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${settings.broker},CONTROLLER://127.0.0.1:${settings.controller}`,
    'advertised.listeners': `PLAINTEXT://${settings.advertised ?? `127.0.0.1:${settings.broker}`}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': settings.dataDirectory,
    'auto.create.topics.enable': 'false',
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    // One member joins on its own machine: there is nobody to wait for.
    'group.initial.rebalance.delay.ms': 0,
    // A killed process leaves a member behind; the next start waits only until it has expired.
    'group.min.session.timeout.ms': 1_000,
    // After a kill the broker is let in again only when its former session has ended: 9 s by default. Nobody else is
    // waiting to take over, so a short session costs nothing.
    'broker.heartbeat.interval.ms': 500,
    'broker.session.timeout.ms': 2_000,
    // The ledger is the record of what happened, but Kafka stays able to tell it again.
    'log.retention.ms': -1,
    'message.max.bytes': maxMessageBytes,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.enable': 'true',
    'log.cleaner.dedupe.buffer.size': 4_194_304,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Largest message of a domain topic, 4 MiB: an order of ten thousand lines fits. */
export const maxMessageBytes = 4_194_304;

/**
 * Settings of a domain topic. Never compacted: compaction keeps the last arrival, the winner is the highest revision.
 * Uncompressed: kafkajs throws on most codecs before offsets are visible.
 */
export const domainTopicConfig: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'max.message.bytes': String(maxMessageBytes),
  // Kafka refuses records an hour ahead of its own clock by default: a producer whose clock is wrong could not send at all. What counts is
  // said in the event.
  'message.timestamp.after.max.ms': '9223372036854775807',
  'compression.type': 'uncompressed',
};
