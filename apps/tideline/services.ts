import { AlarmKeeper, Alarms } from '#alarms';
import { AlertsService } from '#alerts';
import { clickhouseConfig, openEmbedded, openServer, serveHttp, storeConfig, type ClickHouse } from '#clickhouse';
import type { ResolvedConfig } from '#config';
import { DeliveryService } from '#delivery';
import { httpConfig, listenOn, Principals, readUsers, refuseOpenBind, setupHttp } from '#http';
import { IngestionService } from '#ingestion';
import { noteHolder, type Logger, type Undo } from '#observability';
import { LiveAdapter } from '#realtime';
import { ModelWatchService, ScorerService, ShippedModels } from '#scoring';
import { demoSettings, demoShop, demoWorld, simulationConfig, SimulatorService } from '#simulation';
import { openStreaming, type SupervisedBroker } from '#streaming';
import { ShopRepository } from '#warehouse';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { join, resolve } from 'node:path';
import { tidelineConfig } from './tideline.config.js';
import { TidelineModule } from './tideline.module.js';

/** Told what is being done, for the terminal. */
export type Progress = (step: string) => void;

/** Where Kafka is; with the broker, where it is our own. */
export interface Kafka {
  readonly brokers: readonly string[];
  readonly broker?: SupervisedBroker;
}

export interface ServiceParts {
  readonly config: ResolvedConfig;
  /** Directory of the instance, taken. */
  readonly data: string;
  /** On its way up. */
  readonly kafka: Promise<Kafka>;
  readonly logger: Logger;
  /** Takes up how to stop what is started here, one after the other, also when a later part fails. */
  readonly undo: Undo;
  readonly progress: Progress;
}

/**
 * Starts all that a broker carries: store -> schema -> refresh -> topics -> consumers -> API.
 * @returns the URL of the API
 */
export async function startServices({ config, data, kafka, logger, undo, progress }: ServiceParts): Promise<string> {
  const { TIDELINE_HOST: host, TIDELINE_PORT: port, TIDELINE_SECRET: secret, TIDELINE_USERS, TIDELINE_ORIGINS } = config.get(httpConfig);
  const users = readUsers(TIDELINE_USERS);
  refuseOpenBind(host, secret, users.length);
  const principals = new Principals(users, secret);
  const simulator = config.get(tidelineConfig).TIDELINE_SIMULATOR === 'on' ? demoWorld(config.get(simulationConfig), data) : undefined;
  const clickhouse = await openStore(config, data, progress, undo);
  progress('schema');
  await prepareSchema(new ShopRepository(clickhouse), simulator !== undefined);
  const { brokers, broker } = await kafka;
  const streaming = openStreaming({ brokers, clientId: 'tideline', logger, sessionTimeoutMs: broker ? 5_000 : 15_000 });
  undo.push(() => streaming.close());

  progress('services');
  const app = await NestFactory.create(
    TidelineModule.forRoot({ config, logger, principals, clickhouse, streaming, onTruncation: broker ? 'new-epoch' : 'halt', simulator }),
    { logger: false, bodyParser: false, abortOnError: false },
  );
  setupHttp(app, {
    host,
    secret,
    principals,
    origins: TIDELINE_ORIGINS,
    dashboard: resolve('dist/dashboard'),
    log: (error, instance) => logger.error({ err: error, instance }, 'request failed'),
  });
  app.useWebSocketAdapter(new LiveAdapter(app, { open: principals.open, origins: TIDELINE_ORIGINS ?? [] }));
  undo.push(() => app.close());
  const models = app.get(ShippedModels);
  await (simulator ? models.activate(demoShop, config.get(simulationConfig).TIDELINE_SIMULATOR_PROFILE) : models.register());

  const ingestion = app.get(IngestionService);
  undo.push(() => ingestion.stop());
  progress('figures and consumers');
  await allOf([ingestion.start(), ...(simulator ? [simulate(app, progress, undo)] : [])]);
  const alerts = app.get(AlertsService);
  undo.push(() => alerts.stop());
  await alerts.start();
  const delivery = app.get(DeliveryService);
  undo.push(() => delivery.stop());
  alerts.onMoved((shop) => delivery.wake(shop));
  delivery.start();
  const [scorer, alarms, keeper] = [app.get(ScorerService), app.get(Alarms), app.get(AlarmKeeper)];
  undo.push(() => keeper.stop());
  keeper.start();
  undo.push(() => scorer.stop());
  await scorer.start(alarms.of('model-unusable'));
  const modelWatch = app.get(ModelWatchService);
  undo.push(() => modelWatch.stop());
  modelWatch.start(alarms.of('model-calibration'));

  const url = await listenOn(app, port, host);
  await noteHolder(data, { pid: process.pid, url });
  logger.info({ url, brokers }, 'ready');
  return url;
}

/** Tables need no Kafka: they are made while it starts. Those of the other shops are there, or brought up to date when their pipelines start. */
async function prepareSchema(shops: ShopRepository, withDemo: boolean): Promise<void> {
  await shops.prepareSystem();
  if (!withDemo) return;
  const { clock: clockMode, ...settings } = demoSettings;
  await shops.prepare(await shops.register({ shop: demoShop, ...settings, clockMode }));
}

/** What the world sends waits in the topics for its consumer: it need not wait for that itself. */
async function simulate(app: INestApplication, progress: Progress, undo: Undo): Promise<void> {
  progress(`the simulated shop ${demoShop}`);
  const service = app.get(SimulatorService);
  undo.push(() => service.stop());
  await service.start();
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

/** As `Promise.all`, but a failure waits for the others: what is half started cannot be stopped. */
async function allOf(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
