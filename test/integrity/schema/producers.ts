import { ident, sql, type ClickHouse } from '#clickhouse';
import { compareWarehouse, foldOracle, MemoryLog, openShop, PipelineProcess, Random, seededShop, type TestMessage } from '#testing';

/** What mixed producers came to. */
export interface Mixed {
  readonly messages: number;
  /** That their readers know less of than they say. */
  readonly newer: number;
  /** Whose version their readers do not know: dead letters with a reason. */
  readonly refused: number;
  /** Whose bytes are not in the ledger. */
  readonly lost: number;
  readonly cells: number;
}

/** What only came later in the life of a contract, or may be left out: an older producer does not send it. */
const optional = ['paymentMethod', 'channel', 'region', 'city', 'campaignId', 'discount', 'shipping', 'tax'];

/**
 * Producers of three ages send to one shop: some leave out what is optional, some add attributes to the envelope, to the data and to each
 * line, some speak a version that nobody here knows yet.
 */
export async function mixedProducers(engine: ClickHouse, name: string, seed: number): Promise<Mixed> {
  const { shop: settings, messages } = seededShop(seed, { orders: 120, customers: 20, products: 10 });
  const chance = new Random(seed);
  let newer = 0;
  const sent = messages.map((message) => {
    const event = eventOf(message);
    const age = chance.next();
    if (!event || (age >= 0.3 && age < 0.4)) return message;
    if (age < 0.3) older(event);
    else (age < 0.95 ? later : unknown)(event);
    newer += Number(age >= 0.4);
    return { ...message, value: JSON.stringify(event) };
  });
  const shop = await openShop(engine, name, settings);
  const log = new MemoryLog();
  for (const message of sent) log.send(message);
  const process = new PipelineProcess(engine, shop, log);
  await process.drain(log.partitions());
  await process.claim();
  await process.refresher.refreshViews();
  const [kept] = await engine.query<{
    refused: string;
    lost: string;
  }>(sql`SELECT countIf(verdict = 'rejected' AND reason = 'unknown-type') AS refused,
    ${sent.length} - uniqExactIf(payload, payload IN ${[...new Set(sent.map(({ value }) => value))]}) AS lost FROM ${ident(shop.database, 'ledger')}`);
  return {
    messages: sent.length,
    newer,
    refused: Number(kept?.refused),
    // Two messages of the same bytes are one text.
    lost: Number(kept?.lost) - (sent.length - new Set(sent.map(({ value }) => value)).size),
    cells: (await compareWarehouse(engine, shop.database, foldOracle(sent, settings), settings)).length,
  };
}

interface AnyEvent {
  type: string;
  data: Record<string, unknown> & { lines?: Record<string, unknown>[] };
  [attribute: string]: unknown;
}

/** Undefined for a tick, and for what is no event at all. */
function eventOf({ value }: TestMessage): AnyEvent | undefined {
  try {
    const event = JSON.parse(value) as Partial<AnyEvent> | null;
    return typeof event?.data === 'object' && typeof event.type === 'string' ? (event as AnyEvent) : undefined;
  } catch {
    return undefined;
  }
}

function older({ data }: AnyEvent): void {
  for (const name of optional) if (typeof data[name] === 'string' || data[name] === null) Reflect.deleteProperty(data, name);
}

function later(event: AnyEvent): void {
  event['dataschema'] = 'https://example.org/next';
  event['traceparent'] = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  event.data['loyalty'] = { points: 12.5, tiers: ['a', null] };
  for (const line of event.data.lines ?? []) line['giftWrap'] = true;
}

function unknown(event: AnyEvent): void {
  later(event);
  event.type = event.type.replace(/\.v1$/, '.v2');
}
