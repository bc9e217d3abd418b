import { createClient, type ClickHouseClient, type ClickHouseClientConfigOptions } from '@clickhouse/client';
import { ChdbConnection } from 'chdb/connection';
import { availableParallelism } from 'node:os';
import { connectionSettings, settingsText, type Lane } from './clickhouse.js';

const connectionsPerLane: Readonly<Record<Lane, number>> = { writer: 1, refresher: 2, reader: 3, background: 1 };

/** Compiling a statement's expressions costs tens of milliseconds now and then, more than a tile's query or a small step takes. */
const perStatement = 'compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0';

/**
 * A tile's query is short: spread over all cores it waits for each of them, and for the refresher. On two cores one thread answers in
 * two thirds of the time while events flow. What runs in the background leaves the other core alone likewise.
 */
const fewThreads = Math.max(1, Math.floor(availableParallelism() / 2));

/** One connection of the embedded engine and the tail of what was asked of it. */
export interface Slot {
  readonly client: ClickHouseClient;
  readonly connection: ChdbConnection;
  waiting: number;
  tail: Promise<unknown>;
}

/** Connections of the embedded engine by who asks. */
export class EngineLanes {
  readonly #slots: Record<Lane, Slot[]> = { writer: [], refresher: [], reader: [], background: [] };

  /** @throws what the engine says when it cannot have the directory */
  async open(directory: string): Promise<void> {
    const settings = settingsText(connectionSettings);
    for (const [lane, count] of Object.entries(connectionsPerLane) as [Lane, number][]) {
      for (let index = 0; index < count; index += 1) {
        const slot = slotOn(directory);
        this.#slots[lane].push(slot);
        // `SET` sticks to a connection, so once is enough.
        await slot.client.command({
          query: `SET ${settings}, ${perStatement}${lane === 'reader' || lane === 'background' ? `, max_threads = ${fewThreads}` : ''}`,
        });
      }
    }
  }

  /** Runs `work` when its connection is free. The least burdened connection of the lane takes it. */
  run<T>(lane: Lane, work: (slot: Slot) => Promise<T>): Promise<T> {
    const slot = this.#slots[lane].reduce((best, each) => (each.waiting < best.waiting ? each : best));
    slot.waiting += 1;
    const result = slot.tail.then(() => work(slot));
    slot.tail = result.then(
      () => (slot.waiting -= 1),
      () => (slot.waiting -= 1),
    );
    return result;
  }

  /** Closing under a running statement aborts the engine: drains first. */
  async close(): Promise<void> {
    const slots = Object.values(this.#slots).flatMap((lane) => lane.splice(0));
    await Promise.all(slots.map((slot) => slot.tail));
    for (const slot of slots) await slot.client.close();
  }
}

function slotOn(directory: string): Slot {
  const connection = new ChdbConnection({ path: directory });
  // chdb types its Connection by its own copy of client-common; the contract is the same one.
  const client = createClient({ connection } as unknown as ClickHouseClientConfigOptions);
  return { client, connection, waiting: 0, tail: Promise.resolve() };
}
