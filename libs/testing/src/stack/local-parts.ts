import { openEmbedded } from '#clickhouse';
import { startBroker } from '#streaming';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { StackParts } from './test-stack.js';

/** Where `npm test` and `npm start` put the jars. */
export const kafkaJars = resolve('.cache/kafka-4.3.1');
export const kafkaLogging = resolve('infra/kafka/log4j2.yaml');

/** The embedded engine and a broker process, on a temporary directory. */
export async function localParts(): Promise<StackParts> {
  const directory = await mkdtemp(join(tmpdir(), 'tideline-stack-'));
  const clickhouse = await openEmbedded(join(directory, 'clickhouse'));
  const broker = await startBroker({
    directory: join(directory, 'kafka'),
    jars: kafkaJars,
    log4j: kafkaLogging,
    heapMb: 256,
    onExit: () => undefined,
  });
  return {
    clickhouse,
    brokers: [broker.bootstrap],
    stop: async () => {
      await clickhouse.close();
      await broker.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
