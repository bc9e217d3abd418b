import { AlertsService } from '#alerts';
import { clickhouseConfig, openEmbedded, openServer, serveHttp, storeConfig, type ClickHouse } from '#clickhouse';
import type { ResolvedConfig } from '#config';
import { httpConfig, listenOn, Principals, readUsers, refuseOpenBind, setupHttp } from '#http';
import { Alarms, IngestionService } from '#ingestion';
import { createLogger, noteHolder, releaseDirectory, takeDirectory, Undo, type Logger } from '#observability';
import { LiveAdapter } from '#realtime';
import { ModelWatchService, ScorerService, ShippedModels } from '#scoring';
import { demoSettings, demoShop, demoWorld, simulationConfig, SimulatorService } from '#simulation';
import { openStreaming, streamingConfig, superviseBroker, type SupervisedBroker } from '#streaming';
import { ShopRepository } from '#warehouse';
import { NestFactory } from '@nestjs/core';
import { join, resolve } from 'node:path';
import { tidelineConfig } from './tideline.config.js';
import { TidelineModule } from './tideline.module.js';

/** A running instance. */
export interface AllInOne {
  readonly url: string;
  /** In order: intake, what is in flight, clients, broker, store. */
  stop(): Promise<void>;
}

/** Told what is being done, for the terminal. */
export type Progress = (step: string) => void;

/**
 * Starts everything in one process: store -> broker -> schema -> topics -> refresh -> consumers -> API.
 * What was started is stopped again when a later part fails.
 */
export async function startAllInOne(config: ResolvedConfig, progress: Progress, notice: (message: string) => void): Promise<AllInOne> {
  const { TIDELINE_HOST: host, TIDELINE_PORT: port, TIDELINE_SECRET: secret, TIDELINE_USERS, TIDELINE_ORIGINS } = config.get(httpConfig);
  const users = readUsers(TIDELINE_USERS);
  refuseOpenBind(host, secret, users.length);
  const principals = new Principals(users, secret);
  const { TIDELINE_DATA, TIDELINE_LOG_LEVEL, TIDELINE_SIMULATOR } = config.get(tidelineConfig);
  const data = resolve(TIDELINE_DATA);
  const simulator = TIDELINE_SIMULATOR === 'on' ? demoWorld(config.get(simulationConfig), data) : undefined;
  const undo = new Undo();
  try {
    await takeDirectory(data);
    undo.push(() => releaseDirectory(data));
    const logger = createLogger(TIDELINE_LOG_LEVEL, join(data, 'logs', 'tideline.log'));

    // Neither waits for the other: each takes a second or two.
    const [store, kafka] = await Promise.allSettled([
      openStore(config, data, progress, undo),
      reachBroker(config, data, progress, logger, notice),
    ]);
    if (kafka.status === 'fulfilled') undo.push(() => kafka.value.broker?.stop() ?? Promise.resolve());
    const clickhouse = valueOf(store);
    const { brokers, broker } = valueOf(kafka);
    const streaming = openStreaming({ brokers, clientId: 'tideline', logger, sessionTimeoutMs: broker ? 5_000 : 15_000 });
    undo.push(() => streaming.close());

    progress('schema and topics');
    const app = await NestFactory.create(
      TidelineModule.forRoot({ config, logger, principals, clickhouse, streaming, onTruncation: broker ? 'new-epoch' : 'halt', simulator }),
      { logger: false, bodyParser: false, abortOnError: false },
    );
    setupHttp(app, {
      host,
      secret,
      principals,
      dashboard: resolve('dist/dashboard'),
      log: (error, instance) => logger.error({ err: error, instance }, 'request failed'),
    });
    app.useWebSocketAdapter(new LiveAdapter(app, { open: principals.open, origins: TIDELINE_ORIGINS ?? [] }));
    undo.push(() => app.close());
    await app.get(ShopRepository).prepareSystem();
    await app.get(ShippedModels).register();
    if (simulator) {
      const { clock: clockMode, ...settings } = demoSettings;
      await app.get(ShopRepository).register({ shop: demoShop, ...settings, clockMode });
      await app.get(ShippedModels).activate(demoShop, config.get(simulationConfig).TIDELINE_SIMULATOR_PROFILE);
    }

    const ingestion = app.get(IngestionService);
    undo.push(() => ingestion.stop());
    progress('figures and consumers');
    await ingestion.start();
    const alerts = app.get(AlertsService);
    undo.push(() => alerts.stop());
    await alerts.start();
    const [scorer, alarms] = [app.get(ScorerService), app.get(Alarms)];
    undo.push(() => scorer.stop());
    await scorer.start({
      raise: (shop, role, message) => void alarms.raise('model-unusable', shop, role, message),
      clear: (shop, role) => alarms.clear('model-unusable', shop, role),
    });
    const watch = app.get(ModelWatchService);
    undo.push(() => watch.stop());
    watch.start({
      raise: (shop, role, message) => void alarms.raise('model-calibration', shop, role, message),
      clear: (shop, role) => alarms.clear('model-calibration', shop, role),
    });
    if (simulator) {
      progress(`the simulated shop ${demoShop}`);
      const service = app.get(SimulatorService);
      undo.push(() => service.stop());
      await service.start();
    }

    const url = await listenOn(app, port, host);
    await noteHolder(data, { pid: process.pid, url });
    logger.info({ url, brokers }, 'ready');
    return { url, stop: () => undo.run() };
  } catch (error) {
    await undo.run();
    throw error;
  }
}

/** The embedded engine, with its listener for readers where one is wanted, or a server. */
async function openStore(config: ResolvedConfig, data: string, progress: Progress, undo: Undo): Promise<ClickHouse> {
  progress('opening the store');
  const { CLICKHOUSE_URL: url } = config.get(clickhouseConfig);
  const { TIDELINE_STORE_PORT: port, TIDELINE_STORE_HOST: host, TIDELINE_STORE_READ_SECRET: secret } = config.get(storeConfig);
  if (url !== undefined) {
    const server = openServer(url);
    undo.push(() => server.close());
    progress(`ClickHouse ${await server.version()}`);
    return server;
  }
  const engine = await openEmbedded(join(data, 'clickhouse'));
  undo.push(() => engine.close());
  progress(`ClickHouse ${await engine.version()}`);
  if (port === undefined) return engine;
  const endpoint = await serveHttp(engine, { readOnly: { port, host, secret } });
  undo.push(() => endpoint.close());
  progress(`the store for readers at http://${endpoint.readOnly?.host}:${endpoint.readOnly?.port}`);
  return engine;
}

async function reachBroker(
  config: ResolvedConfig,
  data: string,
  progress: Progress,
  logger: Logger,
  notice: (message: string) => void,
): Promise<{ brokers: readonly string[]; broker?: SupervisedBroker }> {
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

/** @throws why there is none */
function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
