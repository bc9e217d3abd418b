import { openEmbedded } from '#clickhouse';
import { ConfigModule, readConfig } from '#config';
import { role } from '#contracts';
import { httpConfig, HttpModule, listenOn, Principals, setupHttp } from '#http';
import { ObservabilityModule, type Logger } from '#observability';
import { ModelsModule, ScoreboardModule, ValuesModule } from '#scoring';
import { ShopRepository, WarehouseModule } from '#warehouse';
import { Module, type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silent } from './test-stack.js';

/** The registry of models over HTTP, on an engine of its own; no pipeline, no broker. */
export interface RegistryApp {
  readonly app: INestApplication;
  readonly url: string;
  /** Of its own, removed at the end. */
  readonly directory: string;
  close(): Promise<void>;
}

/**
 * @param shops names of the shops that there are. The token of a role is `token-of-<role>-x`.
 * @param others what else is served, over the same engine
 */
export async function openRegistryApp(shops: readonly string[], others: NonNullable<ModuleMetadata['imports']> = []): Promise<RegistryApp> {
  const directory = await mkdtemp(join(tmpdir(), 'tideline-registry-'));
  const clickhouse = await openEmbedded(join(directory, 'store'));
  const principals = new Principals(
    role.options.map((each) => ({ name: each, role: each, tokenHash: createHash('sha256').update(`token-of-${each}-x`).digest('hex') })),
  );
  @Module({
    imports: [
      ConfigModule.forRoot(readConfig([httpConfig], {})),
      ObservabilityModule.forRoot(silent as unknown as Logger),
      HttpModule.forRoot(principals),
      WarehouseModule.forRoot(clickhouse),
      ModelsModule,
      ScoreboardModule,
      ValuesModule,
      ...others,
    ],
  })
  class RegistryAppModule {}
  const app = await NestFactory.create(RegistryAppModule, { logger: false, bodyParser: false, abortOnError: false });
  setupHttp(app, { host: '127.0.0.1', secret: undefined, principals, log: () => undefined });
  const repository = app.get(ShopRepository);
  await repository.prepareSystem();
  for (const shop of shops) await repository.register({ shop, timeZone: 'UTC', currency: 'EUR', fiscalYearStart: 1, clockMode: 'data' });
  return {
    app,
    url: await listenOn(app, 0, '127.0.0.1'),
    directory,
    close: async () => {
      await app.close();
      await clickhouse.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
