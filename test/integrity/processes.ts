import { openEmbedded, openServer } from '#clickhouse';
import { demoShop, worldEnd } from '#simulation';
import { exactly, Instance, openTestBroker, ProductProcess, type Measure, type StoredMessage } from '#testing';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { atRest, differing, figuresOf, worldStands } from './answers.js';
import { demoCells, demoFaults, demoMessages } from './demo.js';

const secret = 'secret-of-the-processes';

/** What one way of running the world came to. */
interface Outcome {
  readonly stored: readonly StoredMessage[];
  readonly figures: Readonly<Record<string, unknown>>;
  /** That differ from the oracle. */
  readonly cells: number;
  /** Processes that ended with another code than 0. */
  readonly faults: number;
  /** Ingestors that wrote to the ledger. */
  readonly wrote: number;
}

/**
 * One world twice: by all-in-one, and by a store, a simulator, two ingestors and an API. Every figure by REST is equal, every cell is
 * the oracle's.
 * @param end where the world stands still; the whole history by default. Unix milliseconds
 */
export async function processes(work: string, end: number = worldEnd): Promise<Measure[]> {
  const world = { TIDELINE_SIMULATOR_UNTIL: new Date(end).toISOString() };
  const together = await allInOne(join(work, 'together'), world);
  const apart = await fourProcesses(join(work, 'apart'), world);
  return [
    { measure: 'messages of the world', value: apart.stored.length, unit: 'messages', bar: null, ok: true },
    ...demoFaults('all-in-one', together.stored, end - 1),
    ...demoFaults('processes', apart.stored, end - 1),
    exactly('answers by REST that differ', differing(together.figures, apart.figures).length, 'answers', 0),
    exactly('answers by REST that were compared', Object.keys(apart.figures).length, 'answers', 19),
    exactly('all-in-one: cells that differ from the oracle', together.cells, 'cells', 0),
    exactly('processes: cells that differ from the oracle', apart.cells, 'cells', 0),
    exactly('ingestors that took part', apart.wrote, 'ingestors', 2),
    exactly('processes that did not end with 0', together.faults + apart.faults, 'processes', 0),
  ];
}

async function allInOne(work: string, world: Readonly<Record<string, string>>): Promise<Outcome> {
  const instance = await Instance.start(work, { ...world, TIDELINE_SIMULATOR: 'on' });
  try {
    await worldStands(instance.url);
    await atRest([instance], demoShop);
    const { kafka } = await instance.get<{ kafka: { brokers: string[] } }>('/api/v1/pipeline');
    const stored = await demoMessages(kafka.brokers);
    const figures = await figuresOf(instance, demoShop);
    const faults = Number((await instance.stop()) !== 0);
    const clickhouse = await openEmbedded(join(work, 'clickhouse'));
    try {
      return { stored, figures, cells: await demoCells(clickhouse, stored), faults, wrote: 1 };
    } finally {
      await clickhouse.close();
    }
  } finally {
    await instance.stop();
  }
}

async function fourProcesses(work: string, world: Readonly<Record<string, string>>): Promise<Outcome> {
  const running: ProductProcess[] = [];
  const started = (each: ProductProcess): ProductProcess => {
    running.push(each);
    return each;
  };
  const broker = await openTestBroker();
  try {
    const data = { TIDELINE_DATA: join(work, 'store'), TIDELINE_STORE_WRITE_PORT: '0', TIDELINE_STORE_SECRET: secret };
    const store = started(await ProductProcess.start('store', data));
    const storeUrl = store.url.replace('//', `//tideline:${secret}@`);
    const brokers = { KAFKA_BROKERS: broker.bootstrap };
    const env = { ...brokers, CLICKHOUSE_URL: storeUrl, TIDELINE_PORT: '0' };
    const port = await freePort();
    const apiUrl = `http://127.0.0.1:${port}`;
    // All at once, as an operator would: the simulator waits for the API. It has no way into the store.
    const all = await Promise.allSettled([
      ProductProcess.start('simulator', {
        ...brokers,
        ...world,
        TIDELINE_PORT: '0',
        TIDELINE_DATA: join(work, 'simulator'),
        TIDELINE_API_URL: apiUrl,
      }),
      ProductProcess.start('ingestor', env),
      ProductProcess.start('ingestor', env),
      ProductProcess.start('api', { ...env, TIDELINE_PORT: String(port) }),
    ]);
    for (const each of all) if (each.status === 'fulfilled') started(each.value);
    for (const each of all) if (each.status === 'rejected') throw each.reason;
    const [, simulator, first, second, api] = running as [ProductProcess, ProductProcess, ProductProcess, ProductProcess, ProductProcess];
    await worldStands(simulator.url);
    await atRest([first, second], demoShop);
    const stored = await demoMessages([broker.bootstrap]);
    const clickhouse = openServer(storeUrl);
    const cells = await demoCells(clickhouse, stored).finally(() => clickhouse.close());
    const figures = await figuresOf(api, demoShop);
    const wrote = (await Promise.all([first, second].map(rowsWritten))).filter((rows) => rows > 0).length;
    let faults = 0;
    for (const each of [simulator, first, second, api, store]) if ((await each.end()) !== 0) faults += 1;
    return { stored, figures, cells, faults, wrote };
  } catch (error) {
    throw new Error(`The processes said:\n${running.map((each) => each.said.slice(-2_000)).join('\n')}`, { cause: error });
  } finally {
    for (const each of running.reverse()) await each.end();
    await broker.stop();
  }
}

/** Messages that an ingestor wrote itself. */
export async function rowsWritten(ingestor: ProductProcess): Promise<number> {
  const lines = (await ingestor.call('/metrics')).matchAll(/^tideline_ledger_\w*\{[^}]*\} (\d+)$/gm);
  return [...lines].reduce((sum, [, n]) => sum + Number(n), 0);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
