import { demoShop, worldEnd } from '#simulation';
import { exactly, Instance, openTestBroker, ProductProcess, type Measure, type StoredMessage, seen, until } from '#testing';
import kafkajs from 'kafkajs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { atRest, differing, figuresOf, worldStands } from './answers.js';
import { demoCellsAt, demoFaults, demoMessages, endOfDemo } from './demo.js';

const secret = 'secret-of-the-processes';

/** What one way of running the world came to. */
interface Outcome {
  readonly stored: readonly StoredMessage[];
  readonly figures: Readonly<Record<string, unknown>>;
  /** That differ from the oracle. */
  readonly cells: number;
  /** Processes that ended with another code than 0. */
  readonly faults: number;
  /** Ingestors that hold partitions in the end. */
  readonly holders: number;
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
    seen('messages of the world', apart.stored.length, 'messages'),
    ...demoFaults('all-in-one', together.stored, end - 1),
    ...demoFaults('processes', apart.stored, end - 1),
    exactly('answers by REST that differ', differing(together.figures, apart.figures).length, 'answers', 0),
    exactly('answers by REST that were compared', Object.keys(apart.figures).length, 'answers', 19),
    exactly('all-in-one: cells that differ from the oracle', together.cells, 'cells', 0),
    exactly('processes: cells that differ from the oracle', apart.cells, 'cells', 0),
    exactly('ingestors that hold partitions', apart.holders, 'ingestors', 2),
    exactly('processes that did not end with 0', together.faults + apart.faults, 'processes', 0),
  ];
}

async function allInOne(work: string, world: Readonly<Record<string, string>>): Promise<Outcome> {
  const instance = await Instance.start(work, { ...world, TIDELINE_SIMULATOR: 'on' });
  try {
    await worldStands(instance.url);
    await atRest([instance], demoShop);
    const figures = await figuresOf(instance, demoShop);
    const { stored, cells, code } = await endOfDemo(instance, work);
    return { stored, figures, cells, faults: Number(code !== 0), holders: 1 };
  } finally {
    await instance.stop();
  }
}

/** The product as separate processes on one broker. */
export interface Apart {
  readonly store: ProductProcess;
  /** With the right to write. */
  readonly storeUrl: string;
  readonly simulator: ProductProcess;
  readonly api: ProductProcess;
  readonly first: ProductProcess;
  readonly second: ProductProcess;
  /** Starts one more. */
  readonly ingestor: () => Promise<ProductProcess>;
}

/** Starts processes, each of which the caller has to end. @param running gets each as soon as it runs */
export function starter(running: ProductProcess[]): typeof ProductProcess.start {
  return async (...what) => {
    const each = await ProductProcess.start(...what);
    running.push(each);
    return each;
  };
}

/**
 * Work with processes, which are ended after it, the last one first.
 * @param work adds to `running` what it starts, see `starter`
 * @throws with the last words of each process when the work fails
 */
export async function withProcesses<T>(work: (running: ProductProcess[]) => Promise<T>): Promise<T> {
  const running: ProductProcess[] = [];
  try {
    return await work(running);
  } catch (error) {
    throw new Error(`The processes said:\n${running.map((each) => each.said.slice(-2_000)).join('\n')}`, { cause: error });
  } finally {
    for (const each of running.reverse()) {
      // One that was stopped would not hear that it is to end.
      each.signal('SIGCONT');
      await each.end();
    }
  }
}

/** A store on `work`/store, and its address with the right to write. */
export async function startStore(work: string, running: ProductProcess[]): Promise<{ store: ProductProcess; storeUrl: string }> {
  const data = { TIDELINE_DATA: join(work, 'store'), TIDELINE_STORE_WRITE_PORT: '0', TIDELINE_STORE_SECRET: secret };
  const store = await starter(running)('store', data);
  return { store, storeUrl: store.url.replace('//', `//tideline:${secret}@`) };
}

/**
 * Starts a store, then a simulator, two ingestors and an API, all at once, as an operator would: the simulator waits for the API. It has no
 * way into the store.
 * @param running gets each as soon as it runs, for the caller to end
 */
export async function startApart(
  work: string,
  bootstrap: string,
  world: Readonly<Record<string, string>>,
  running: ProductProcess[],
): Promise<Apart> {
  const start = starter(running);
  const { store, storeUrl } = await startStore(work, running);
  const brokers = { KAFKA_BROKERS: bootstrap };
  const env = { ...brokers, CLICKHOUSE_URL: storeUrl, TIDELINE_PORT: '0' };
  const port = await freePort();
  const ingestor = (): Promise<ProductProcess> => start('ingestor', env);
  const starting = [
    start('simulator', {
      ...brokers,
      ...world,
      TIDELINE_PORT: '0',
      TIDELINE_DATA: join(work, 'simulator'),
      TIDELINE_API_URL: `http://127.0.0.1:${port}`,
    }),
    ingestor(),
    ingestor(),
    start('api', { ...env, TIDELINE_PORT: String(port) }),
  ] as const;
  // Should one fail, the others are among the running ones before the caller ends them.
  await Promise.allSettled(starting);
  const [simulator, first, second, api] = await Promise.all(starting);
  return { store, storeUrl, simulator, api, first, second, ingestor };
}

async function fourProcesses(work: string, world: Readonly<Record<string, string>>): Promise<Outcome> {
  const broker = await openTestBroker();
  try {
    return await withProcesses(async (running) => {
      const { store, storeUrl, simulator, first, second, api } = await startApart(work, broker.bootstrap, world, running);
      await worldStands(simulator.url);
      await atRest([first, second], demoShop);
      const stored = await demoMessages([broker.bootstrap]);
      const cells = await demoCellsAt(storeUrl, stored);
      const figures = await figuresOf(api, demoShop);
      // A short world may be read before the second has joined.
      const holders = await holdersOf(broker.bootstrap, `tideline.${demoShop}.ingestor`, 2);
      let faults = 0;
      for (const each of [simulator, first, second, api, store]) if ((await each.end()) !== 0) faults += 1;
      return { stored, figures, cells, faults, holders };
    });
  } finally {
    await broker.stop();
  }
}

/**
 * Members of a consumer group that hold partitions, by the broker's word.
 * @param expected how many there are to be: the group has half a minute to come to them
 */
async function holdersOf(bootstrap: string, group: string, expected: number): Promise<number> {
  const admin = new kafkajs.Kafka({ brokers: [bootstrap], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  let holders = 0;
  try {
    const come = until(
      async () => {
        const [described] = (await admin.describeGroups([group])).groups;
        const members = described?.members.map(({ memberAssignment }) =>
          kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment),
        );
        holders = members?.filter((each) => Object.values(each?.assignment ?? {}).some(({ length }) => length > 0)).length ?? 0;
        return holders === expected;
      },
      `${expected} members of ${group} hold partitions`,
      { ms: 30_000 },
    );
    await come.catch(() => undefined);
    return holders;
  } finally {
    await admin.disconnect();
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
