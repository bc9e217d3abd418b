import type { ClickHouse } from '#clickhouse';
import { Random, seededShop, ShopRun, type TestMessage } from '#testing';

/** What producers whose clocks differ came to. */
export interface Skewed {
  readonly messages: number;
  /** Instants of one message before those of the one that arrived before it, by an hour or more. */
  readonly jumpsBack: number;
  /** Steps after which shop time was earlier than before. */
  readonly clockBack: number;
  readonly cells: number;
}

const hourMs = 3_600_000;
/** How far the clock of each producer is off, and one that is set back in the middle. */
const offsets = [0, -5 * hourMs, 3 * hourMs, 26 * hourMs];
const attributes = ['time', 'recordedtime'] as const;

/** Producers whose clocks are hours off in both directions, one of which is set back, send to one shop whose time is that of its events. */
export async function skewedProducers(engine: ClickHouse, name: string, seed: number): Promise<Skewed> {
  const { shop, messages } = seededShop(seed, { orders: 80, customers: 20, products: 10 });
  const chance = new Random(seed);
  let [jumpsBack, former] = [0, -Infinity];
  const sent = messages.map((message, index) => {
    const producer = Math.floor(chance.next() * offsets.length);
    // The last one is set right half-way: back by a day and two hours.
    const offset = producer === offsets.length - 1 && index > messages.length / 2 ? 0 : (offsets[producer] ?? 0);
    const { changed, at } = shifted(message, offset);
    if (at !== undefined) {
      jumpsBack += Number(at < former - hourMs);
      former = at;
    }
    return changed;
  });
  const run = await ShopRun.open(engine, name, shop);
  let [clockBack, clock] = [0, -Infinity];
  const batch = 50;
  for (let start = 0; start < sent.length; start += batch) {
    await run.arrive(sent.slice(start, start + batch), batch);
    const now = run.refresher.live?.clock?.getTime() ?? -Infinity;
    clockBack += Number(now < clock);
    clock = now;
  }
  return { messages: sent.length, jumpsBack, clockBack, cells: (await run.differences()).length };
}

function shifted(message: TestMessage, offset: number): { changed: TestMessage; at?: number } {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(message.value) as Record<string, unknown>;
  } catch {
    return { changed: message };
  }
  const instants = attributes.map((name) => Date.parse(String(event?.[name])));
  if (instants.some(Number.isNaN)) return { changed: message };
  const moved = instants.map((instant) => new Date(instant + offset).toISOString());
  const changed = { ...message, value: JSON.stringify({ ...event, time: moved[0], recordedtime: moved[1] }) };
  return { changed, at: (instants[1] ?? 0) + offset };
}
