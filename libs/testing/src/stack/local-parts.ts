import { openEmbedded, openServer, serveHttp, type ClickHouse } from '#clickhouse';
import { startBroker } from '#streaming';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { StackParts } from './test-stack.js';

/** Where `npm test` and `npm start` put the jars. */
export const kafkaVersion = '4.3.1';
export const kafkaJars = resolve(`.cache/kafka-${kafkaVersion}`);
export const kafkaLogging = resolve('infra/kafka/log4j2.yaml');

/** An engine with how to let it go. */
export interface OpenedStore {
  readonly clickhouse: ClickHouse;
  stop(): Promise<void>;
}

/** The embedded engine on a directory: as it is, or reached as the separate processes reach it. */
export async function localStore(directory: string, overHttp: boolean): Promise<OpenedStore> {
  const engine = await openEmbedded(directory);
  if (!overHttp) return { clickhouse: engine, stop: () => engine.close() };
  const secret = 'secret-of-the-tests';
  const endpoint = await serveHttp(engine, { readWrite: { port: 0, secret } });
  const clickhouse = openServer(`http://tideline:${secret}@127.0.0.1:${endpoint.readWrite?.port ?? 0}`);
  return {
    clickhouse,
    stop: async () => {
      await clickhouse.close();
      await endpoint.close();
      await engine.close();
    },
  };
}

/** A broker process of its own, on a temporary directory. */
export interface TestBroker {
  readonly bootstrap: string;
  stop(): Promise<void>;
}

/** @param advertised `host:port` that clients are told to come to, where something stands between; its own address by default */
export async function openTestBroker(advertised?: string): Promise<TestBroker> {
  const directory = await mkdtemp(join(tmpdir(), 'tideline-broker-'));
  const onExit = (): void => undefined;
  const broker = await startBroker({ directory, jars: kafkaJars, log4j: kafkaLogging, heapMb: 256, onExit, advertised });
  return {
    bootstrap: broker.bootstrap,
    stop: async () => {
      await broker.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The embedded engine, over HTTP or not, and a broker process, on a temporary directory. */
export async function localParts(overHttp: boolean): Promise<StackParts> {
  const directory = await mkdtemp(join(tmpdir(), 'tideline-stack-'));
  const store = await localStore(join(directory, 'clickhouse'), overHttp);
  const broker = await openTestBroker();
  return {
    clickhouse: store.clickhouse,
    brokers: [broker.bootstrap],
    stop: async () => {
      await store.stop();
      await broker.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
