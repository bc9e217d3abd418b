import { ConfigError, type ResolvedConfig } from '#config';
import { httpConfig, listenOn, refuseOpenBind, setupHttp } from '#http';
import { createLogger, logConfig, Undo, type Running } from '#observability';
import { demoWorld, simulationConfig, SimulatorService } from '#simulation';
import { openStreaming, streamingConfig } from '#streaming';
import { NestFactory } from '@nestjs/core';
import { resolve } from 'node:path';
import { giveModel } from './give-model.js';
import { registerShop } from './register-shop.js';
import { simulatorProcessConfig } from './simulator.config.js';
import { SimulatorModule } from './simulator.module.js';

/**
 * Starts the simulator on a broker and an API of others: shop -> topics -> its place in the world -> what it says of itself.
 * What was started is stopped again when a later part fails.
 */
export async function startSimulator(config: ResolvedConfig): Promise<Running> {
  const { TIDELINE_HOST: host, TIDELINE_PORT: port, TIDELINE_SECRET: secret } = config.get(httpConfig);
  refuseOpenBind(host, secret);
  const { KAFKA_BROKERS: brokers } = config.get(streamingConfig);
  if (!brokers) throw new ConfigError(['KAFKA_BROKERS is needed: this process has no broker of its own.']);
  const { TIDELINE_DATA: data, TIDELINE_API_URL: api } = config.get(simulatorProcessConfig);
  const simulator = demoWorld(config.get(simulationConfig), resolve(data));
  const logger = createLogger(config.get(logConfig).TIDELINE_LOG_LEVEL);
  const undo = new Undo();
  try {
    await registerShop(api, secret, logger);
    await giveModel(api, secret, config.get(simulationConfig).TIDELINE_SIMULATOR_PROFILE, logger);
    const streaming = openStreaming({ brokers, clientId: 'tideline-simulator', logger });
    undo.push(() => streaming.close());
    const app = await NestFactory.create(SimulatorModule.forRoot({ config, logger, streaming, simulator }), {
      logger: false,
      bodyParser: false,
      abortOnError: false,
    });
    setupHttp(app, { host, secret, log: (error, instance) => logger.error({ err: error, instance }, 'request failed') });
    undo.push(() => app.close());
    const service = app.get(SimulatorService);
    undo.push(() => service.stop());
    await service.start();
    return { ready: await listenOn(app, port, host), stop: () => undo.run() };
  } catch (error) {
    throw await undo.because(error);
  }
}
