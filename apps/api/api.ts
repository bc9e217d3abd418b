import { clickhouseConfig, openServer } from '#clickhouse';
import { ConfigError, type ResolvedConfig } from '#config';
import { httpConfig, listenOn, Principals, readUsers, refuseOpenBind, setupHttp } from '#http';
import { StoredPipelines } from '#ingestion';
import { createLogger, logConfig, Undo, type Running } from '#observability';
import { LiveAdapter } from '#realtime';
import { ShippedModels } from '#scoring';
import { openStreaming, streamingConfig } from '#streaming';
import { ShopRepository } from '#warehouse';
import { NestFactory } from '@nestjs/core';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { ApiModule } from './api.module.js';

/**
 * Starts the api on a store and a broker of others: store -> broker -> schema -> pipelines -> API.
 * What was started is stopped again when a later part fails.
 */
export async function startApi(config: ResolvedConfig): Promise<Running> {
  const { TIDELINE_HOST: host, TIDELINE_PORT: port, TIDELINE_SECRET: secret, TIDELINE_USERS, TIDELINE_ORIGINS } = config.get(httpConfig);
  const users = readUsers(TIDELINE_USERS);
  refuseOpenBind(host, secret, users.length);
  const principals = new Principals(users, secret);
  const { KAFKA_BROKERS: brokers } = config.get(streamingConfig);
  const { CLICKHOUSE_URL: url } = config.get(clickhouseConfig);
  if (!brokers || !url) {
    throw new ConfigError([
      'KAFKA_BROKERS and CLICKHOUSE_URL are needed: this process has neither a broker nor a store of its own. Start apps/store, or name your servers.',
    ]);
  }
  const logger = createLogger(config.get(logConfig).TIDELINE_LOG_LEVEL);
  const undo = new Undo();
  try {
    const clickhouse = openServer(url);
    undo.push(() => clickhouse.close());
    const streaming = openStreaming({ brokers, clientId: 'tideline-api', logger });
    undo.push(() => streaming.close());
    const app = await NestFactory.create(
      ApiModule.forRoot({
        config,
        logger,
        principals,
        clickhouse,
        streaming,
        claimedBy: `api ${hostname()} ${process.pid}`,
      }),
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
    await app.get(ShopRepository).prepareSystem();
    await app.get(ShippedModels).register();
    const pipelines = app.get(StoredPipelines);
    undo.push(() => pipelines.stop());
    await pipelines.start();
    return { ready: await listenOn(app, port, host), stop: () => undo.run() };
  } catch (error) {
    throw await undo.because(error);
  }
}
