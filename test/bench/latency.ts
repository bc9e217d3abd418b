import { openEmbedded, type ClickHouse } from '#clickhouse';
import type { PipelineAnswer } from '#contracts';
import { atMost, exactly, Instance, seen, type Measure } from '#testing';
import { join } from 'node:path';
import type { MeasureOptions } from '../run-measures.js';
import { bareLoop } from './bare-loop.js';
import { differingCells } from './load-cells.js';
import { differingFigures, storedShop } from './stored-orders.js';
import { timeToSocket, type TimeToSocket } from './time-to-socket.js';

/** Orders a second, and the milliseconds after which half and 99 of 100 must be shown. */
const rates = [
  { perSecond: 1_000, p50: 150, p99: 500 },
  { perSecond: 5_000, p50: 200, p99: 600 },
] as const;
/** By so much longer a shop with many orders stored may take. */
const longer = 1.5;
const storedName = 'stored';

/**
 * From the moment an order was to be handed to Kafka's client until a socket of the headline room shows a count that holds it, each rate in a
 * shop of its own, beside a bare loop; with `--events N` also in a shop that holds so many orders of two years. Then the figures against
 * plain folds.
 */
export async function latency(work: string, { events: stored }: MeasureOptions): Promise<Measure[]> {
  const data = join(work, 'data');
  const many = stored === undefined ? undefined : await prepare(data, stored);
  const measures: Measure[] = [];
  const sent = new Map<string, TimeToSocket>();
  const instance = await Instance.start(data);
  try {
    const { kafka } = await instance.get<PipelineAnswer>('/api/v1/pipeline');
    for (const { perSecond, p50, p99 } of rates) {
      const took = await timeToSocket(instance, nameOf(perSecond), perSecond);
      const bare = await bareLoop(join(work, `bare-${perSecond}`), kafka.brokers, perSecond);
      sent.set(nameOf(perSecond), took);
      const what = `${perSecond} orders a second`;
      measures.push(
        exactly(`${what}: sent and not shown`, took.notShown, 'orders', 0),
        seen(`${what}: snapshots per second`, took.snapshotsPerSecond, '1/s'),
        atMost(`${what}, produced until at a socket, p50`, took.p50, 'ms', p50),
        atMost(`${what}, produced until at a socket, p99`, took.p99, 'ms', p99),
        exactly(`${what}: sent and not counted by the bare loop`, bare.notShown, 'orders', 0),
        seen(`${what}, consumed, inserted and counted, p50`, bare.p50, 'ms'),
        seen(`${what}, consumed, inserted and counted, p99`, bare.p99, 'ms'),
      );
    }
    const empty = sent.get(nameOf(rates[1].perSecond));
    if (many && empty) measures.push(...(await amongStored(instance, many, empty)));
  } finally {
    await instance.stop();
  }
  for (const [shop, { shape, sent: orders }] of sent)
    measures.push(exactly(`${shop}: cells that differ from a fold`, await differingCells(data, shop, shape, orders), 'cells', 0));
  if (many) {
    const figures = await inStore(data, (clickhouse) => differingFigures(clickhouse, `shop_${storedName}`));
    measures.push(exactly(`${storedName}: figures that differ from a sum over the ledger`, figures, 'figures', 0));
  }
  return measures;
}

function nameOf(perSecond: number): string {
  return `latency-${perSecond}`;
}

/** Orders that are stored, and whose they are. */
interface Many {
  readonly stored: number;
  readonly customers: number;
}

/** Makes the shop that holds orders, in the directory of an instance that is to be started. */
function prepare(data: string, stored: number): Promise<Many> {
  return inStore(data, async (clickhouse) => {
    const { shape } = await storedShop(clickhouse, { shop: storedName, clockMode: 'wall' }, stored);
    return { stored, customers: shape.customers };
  });
}

/** The faster rate in the shop that holds orders, against the same in the one that held none. */
async function amongStored(instance: Instance, { stored, customers }: Many, empty: TimeToSocket): Promise<Measure[]> {
  const { perSecond } = rates[1];
  const took = await timeToSocket(instance, storedName, perSecond, customers);
  const what = `${perSecond} orders a second with ${stored} stored`;
  return [
    exactly(`${what}: sent and not shown`, took.notShown, 'orders', 0),
    seen(`${what}, produced until at a socket, p50`, took.p50, 'ms'),
    seen(`${what}, produced until at a socket, p99`, took.p99, 'ms'),
    atMost(`${what}: p50 beside that of an empty shop`, took.p50 / empty.p50, 'x', longer),
    atMost(`${what}: p99 beside that of an empty shop`, took.p99 / empty.p99, 'x', longer),
  ];
}

/** Work in the store of an instance that does not run. */
async function inStore<T>(data: string, work: (clickhouse: ClickHouse) => Promise<T>): Promise<T> {
  const clickhouse = await openEmbedded(join(data, 'clickhouse'));
  return work(clickhouse).finally(() => clickhouse.close());
}
