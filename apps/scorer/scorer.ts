import { AlarmKeeper, Alarms } from '#alarms';
import { AlertsService } from '#alerts';
import { clickhouseConfig, openServer } from '#clickhouse';
import { ConfigError, type ResolvedConfig } from '#config';
import { DeliveryService } from '#delivery';
import { httpConfig, listenOn, refuseOpenBind, setupHttp } from '#http';
import { createLogger, logConfig, Undo, type Running } from '#observability';
import { ModelWatchService, ScorerService } from '#scoring';
import { openStreaming, streamingConfig } from '#streaming';
import { ShopRepository } from '#warehouse';
import { NestFactory } from '@nestjs/core';
import { hostname } from 'node:os';
import { ScorerAppModule } from './scorer.module.js';

/**
 * Starts the scorer on a store and a broker of others: store -> broker -> schema -> owners of alerts -> senders -> scorers -> what it says of itself.
 * What was started is stopped again when a later part fails.
 */
export async function startScorer(config: ResolvedConfig): Promise<Running> {
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
    // One that was killed is given up after this long: until then nobody scores its shops. One that was only slow loses its turn, which costs
    // nothing: whoever has the next decides the same.
    const streaming = openStreaming({ brokers, clientId: 'tideline-scorer', logger, sessionTimeoutMs: 6_000 });
    undo.push(() => streaming.close());
    const app = await NestFactory.create(
      ScorerAppModule.forRoot({
        config,
        logger,
        clickhouse,
        streaming,
        claimedBy: `scorer ${hostname()} ${process.pid}`,
      }),
      { logger: false, bodyParser: false, abortOnError: false },
    );
    setupHttp(app, { host, secret, log: (error, instance) => logger.error({ err: error, instance }, 'request failed') });
    undo.push(() => app.close());
    await app.get(ShopRepository).prepareSystem();
    const alerts = app.get(AlertsService);
    undo.push(() => alerts.stop());
    await alerts.start();
    const delivery = app.get(DeliveryService);
    undo.push(() => delivery.stop());
    alerts.onMoved((shop) => delivery.wake(shop));
    delivery.start();
    const scorers = app.get(ScorerService);
    undo.push(() => scorers.stop());
    const alarms = app.get(Alarms);
    await scorers.start(alarms.of('model-unusable'));
    const watch = app.get(ModelWatchService);
    undo.push(() => watch.stop());
    watch.start(alarms.of('model-calibration'));
    const keeper = app.get(AlarmKeeper);
    undo.push(() => keeper.stop());
    keeper.start();
    return { ready: await listenOn(app, port, host), stop: () => undo.run() };
  } catch (error) {
    throw await undo.because(error);
  }
}
