import { AlarmKeeper } from '#alarms';
import { clickhouseConfig, openServer } from '#clickhouse';
import { ConfigError, type ResolvedConfig } from '#config';
import { httpConfig, listenOn, refuseOpenBind, setupHttp } from '#http';
import { IngestionService } from '#ingestion';
import { createLogger, logConfig, Undo, type Running } from '#observability';
import { openStreaming, streamingConfig } from '#streaming';
import { ShopRepository } from '#warehouse';
import { NestFactory } from '@nestjs/core';
import { hostname } from 'node:os';
import { IngestorModule } from './ingestor.module.js';

/**
 * Starts the ingestor on a store and a broker of others: store -> broker -> schema -> consumers -> what it says of itself.
 * What was started is stopped again when a later part fails.
 */
export async function startIngestor(config: ResolvedConfig): Promise<Running> {
  const { TIDELINE_HOST: host, TIDELINE_PORT: port, TIDELINE_SECRET: secret } = config.get(httpConfig);
  refuseOpenBind(host, secret);
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
    const streaming = openStreaming({ brokers, clientId: 'tideline-ingestor', logger });
    undo.push(() => streaming.close());
    const app = await NestFactory.create(
      IngestorModule.forRoot({
        config,
        logger,
        clickhouse,
        streaming,
        claimedBy: `ingestor ${hostname()} ${process.pid}`,
      }),
      { logger: false, bodyParser: false, abortOnError: false },
    );
    setupHttp(app, { host, secret, log: (error, instance) => logger.error({ err: error, instance }, 'request failed') });
    undo.push(() => app.close());
    await app.get(ShopRepository).prepareSystem();
    const pipelines = app.get(IngestionService);
    undo.push(() => pipelines.stop());
    await pipelines.start();
    const keeper = app.get(AlarmKeeper);
    undo.push(() => keeper.stop());
    keeper.start();
    return { ready: await listenOn(app, port, host), stop: () => undo.run() };
  } catch (error) {
    throw await undo.because(error);
  }
}
