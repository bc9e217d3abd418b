import { openServer } from '#clickhouse';
import { GenericContainer, Wait } from 'testcontainers';
import type { StackParts } from './test-stack.js';

const clickhouseImage = 'clickhouse/clickhouse-server:26.7';
const kafkaImage = 'apache/kafka:4.3.1';
/** Kafka tells clients where to come back to, so the port outside must be known before it starts. */
const kafkaPort = 39_092;

/** A ClickHouse server and a Kafka broker in containers. Needs a Docker engine. */
export async function containerParts(): Promise<StackParts> {
  const store = await new GenericContainer(clickhouseImage)
    .withEnvironment({ CLICKHOUSE_USER: 'tideline', CLICKHOUSE_PASSWORD: 'tideline', CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT: '1' })
    .withExposedPorts(8123)
    .withWaitStrategy(Wait.forHttp('/ping', 8123))
    .start();
  const broker = await new GenericContainer(kafkaImage)
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: `PLAINTEXT://:9092,CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${kafkaPort}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    })
    .withExposedPorts({ container: 9092, host: kafkaPort })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  const clickhouse = openServer(`http://tideline:tideline@${store.getHost()}:${store.getMappedPort(8123)}`);
  return {
    clickhouse,
    brokers: [`127.0.0.1:${kafkaPort}`],
    stop: async () => {
      await clickhouse.close();
      await broker.stop();
      await store.stop();
    },
  };
}
