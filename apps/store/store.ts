import { openEmbedded, serveHttp, storeConfig } from '#clickhouse';
import type { ResolvedConfig } from '#config';
import { createLogger, logConfig, noteHolder, releaseDirectory, takeDirectory, Undo } from '#observability';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { storeProcessConfig } from './store.config.js';

/** The store as a process: owns a directory and answers over HTTP. */
export interface StoreProcess {
  readonly writeUrl: string;
  readonly readUrl: string | undefined;
  /** In order: what is asked, the engine, the directory. */
  stop(): Promise<void>;
}

/** Takes the directory, opens the engine, then the listeners. What was opened is closed again when a later part fails. */
export async function startStore(config: ResolvedConfig): Promise<StoreProcess> {
  const { TIDELINE_DATA, TIDELINE_STORE_WRITE_PORT, TIDELINE_STORE_SECRET } = config.get(storeProcessConfig);
  const { TIDELINE_STORE_PORT, TIDELINE_STORE_HOST: host, TIDELINE_STORE_READ_SECRET } = config.get(storeConfig);
  const logger = createLogger(config.get(logConfig).TIDELINE_LOG_LEVEL);
  const data = resolve(TIDELINE_DATA);
  const directory = join(data, 'clickhouse');
  const undo = new Undo();
  try {
    // The engine's own lock is seen by engines alone: `npm run reset` and whoever makes copies ask who holds the directory.
    await takeDirectory(data);
    undo.push(() => releaseDirectory(data));
    await mkdir(directory, { recursive: true });
    const engine = await openEmbedded(directory);
    undo.push(() => engine.close());
    const endpoint = await serveHttp(engine, {
      readWrite: { port: TIDELINE_STORE_WRITE_PORT, host, secret: TIDELINE_STORE_SECRET },
      ...(TIDELINE_STORE_PORT === undefined ? {} : { readOnly: { port: TIDELINE_STORE_PORT, host, secret: TIDELINE_STORE_READ_SECRET } }),
    });
    undo.push(() => endpoint.close());
    const urlOf = (listener: { host: string; port: number } | undefined): string | undefined =>
      listener && `http://${listener.host}:${listener.port}`;
    const writeUrl = urlOf(endpoint.readWrite) ?? '';
    await noteHolder(data, { pid: process.pid, url: writeUrl });
    logger.info({ directory, version: await engine.version() }, 'store is open');
    return { writeUrl, readUrl: urlOf(endpoint.readOnly), stop: () => undo.run() };
  } catch (error) {
    throw await undo.because(error);
  }
}
