import { openEmbedded, openServer, type ClickHouse } from '#clickhouse';
import { demoShop, World, worldCurrency, worldTimeZone } from '#simulation';
import { openStreaming } from '#streaming';
import {
  atLeast,
  compareWarehouse,
  exactly,
  foldOracle,
  seen,
  silent,
  storedMessages,
  worldFaults,
  type Instance,
  type Measure,
  type StoredMessage,
  type WorldFaults,
} from '#testing';
import { join } from 'node:path';

const settings = { timeZone: worldTimeZone, currency: worldCurrency };

/** All that stands on the topics of the simulated shop. */
export async function demoMessages(brokers: readonly string[]): Promise<StoredMessage[]> {
  const streaming = openStreaming({ brokers, clientId: 'integrity', logger: silent });
  try {
    return await storedMessages(streaming, demoShop);
  } finally {
    await streaming.close();
  }
}

/** Cells of a store at rest that differ from the oracle over what stands on the topics. */
export async function demoCells(clickhouse: ClickHouse, stored: readonly StoredMessage[]): Promise<number> {
  return (await compareWarehouse(clickhouse, `shop_${demoShop}`, foldOracle(stored, settings), settings)).length;
}

/** The same, of a store over HTTP. @param url with the right to read */
export async function demoCellsAt(url: string, stored: readonly StoredMessage[]): Promise<number> {
  const clickhouse = openServer(url);
  return demoCells(clickhouse, stored).finally(() => clickhouse.close());
}

/**
 * Stops an instance whose figures stand at the ends of the topics, and compares what it leaves.
 * @returns the messages on the topics, cells that differ from the oracle over them, and the exit code of the stop
 */
export async function endOfDemo(
  instance: Instance,
  data: string,
): Promise<{ stored: readonly StoredMessage[]; cells: number; code: number | null }> {
  const { kafka } = await instance.get<{ kafka: { brokers: string[] } }>('/api/v1/pipeline');
  const stored = await demoMessages(kafka.brokers);
  const code = await instance.stop();
  const clickhouse = await openEmbedded(join(data, 'clickhouse'));
  const cells = await demoCells(clickhouse, stored).finally(() => clickhouse.close());
  return { stored, cells, code };
}

/**
 * The topics against the world of profile `seed`: no gap, no fork, the same bytes.
 * @param leastRepeated events that must have come again, where a simulator was killed: without one nothing is said of them
 */
export function demoFaults(name: string, stored: readonly StoredMessage[], through: number, leastRepeated?: number): Measure[] {
  const world = new World({ profile: 'seed' });
  return worldMeasures(name, worldFaults(stored, world.after(world.start - 1), through), leastRepeated);
}

export function worldMeasures(name: string, faults: WorldFaults, leastRepeated?: number): Measure[] {
  const measures = (
    [
      ['events of the world that its topics lack', faults.missing],
      ["events on its topics that are not the world's", faults.foreign],
      ['events on its topics with other bytes', faults.altered],
      ['ticks that go back', faults.ticksBack],
    ] as const
  ).map(([what, found]) => {
    if (found.length > 0) process.stdout.write(`${name}, ${what}: ${found.slice(0, 10).join('; ')}\n`);
    return exactly(`${name}: ${what}`, found.length, 'messages', 0);
  });
  const again = `${name}: events that came again, byte for byte`;
  return [
    ...measures,
    leastRepeated === undefined ? seen(again, faults.repeated, 'messages') : atLeast(again, faults.repeated, 'messages', leastRepeated),
  ];
}
