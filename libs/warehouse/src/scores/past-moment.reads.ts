import { sql, type ClickHouse } from '#clickhouse';
import { features } from '../features/feature-list.js';
import { varint } from '../features/feature-rows.js';
import { tableOf, type Shop } from '../shop.js';
import { pastMomentsSql, type PastMomentsQuery } from './past-moments.js';

/** One customer from an instant on at which something of his became known. Instants in Unix milliseconds. */
export interface PastMoment {
  readonly customerId: string;
  readonly at: number;
  /** Until when nothing else did. */
  readonly ends: number;
  readonly orders: number;
  /** What may be at stake: age at `at` in milliseconds, net in millionths. */
  readonly stakes: readonly { readonly age: number; readonly net: bigint }[];
}

/** Some moments, with their features: [N, F]. */
export interface PastMoments {
  readonly moments: readonly PastMoment[];
  readonly values: Float32Array;
}

/** Keys per statement: half a second of one connection, and as much is held at a time. */
const keysPerStatement = 5_000;
/** Moments per part, a few more where a customer has them: what is made of one may hold a thread. */
const momentsPerPart = 500;
const width = features.length;
const rowBytes = width * Float32Array.BYTES_PER_ELEMENT;
const text = new TextDecoder();

/** Customers as they were known at instants of the past: of the ledger alone, so nobody waits for it. */
export class PastMomentReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** All customers, in parts; of one customer all moments are in one part, in order. */
  async *all(shop: Shop, span: Omit<PastMomentsQuery, 'fromKey' | 'toKey'>): AsyncGenerator<PastMoments> {
    const [row] = await this.clickhouse.query<{ last: number }>(
      sql`SELECT max(customer_key) AS last FROM ${tableOf(shop, 'dim_customer_keys')}`,
    );
    for (let fromKey = 1; fromKey <= (row?.last ?? 0); fromKey += keysPerStatement) {
      const query = { ...span, fromKey, toKey: fromKey + keysPerStatement - 1 };
      yield* pastMoments(await this.clickhouse.queryBinary(pastMomentsSql(shop, query)), momentsPerPart);
    }
  }
}

/** Takes a `RowBinary` answer apart, some thousand moments at a time; no customer is cut in two. Rows of a customer follow each other. */
export function* pastMoments(bytes: Uint8Array, atLeast: number): Generator<PastMoments> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const instant = (at: number): number => Number(view.getBigInt64(at, true));
  /** A Decimal(38, 6): sixteen bytes, the lowest first. */
  const decimal = (at: number): bigint => (view.getBigInt64(at + 8, true) << 64n) | view.getBigUint64(at, true);
  let moments: PastMoment[] = [];
  let rows: Uint8Array[] = [];
  const taken = (): PastMoments => {
    const packed = new Uint8Array(rows.length * rowBytes);
    rows.forEach((each, index) => packed.set(each, index * rowBytes));
    const part = { moments, values: new Float32Array(packed.buffer) };
    [moments, rows] = [[], []];
    return part;
  };
  for (let at = 0; at < bytes.length;) {
    const [length, start] = varint(bytes, at);
    const customerId = text.decode(bytes.subarray(start, start + length));
    if (moments.length >= atLeast && moments.at(-1)?.customerId !== customerId) yield taken();
    at = start + length;
    const span = { at: instant(at), ends: instant(at + 8) };
    at += 16;
    rows.push(bytes.subarray(at, at + rowBytes));
    at += rowBytes;
    const orders = view.getUint32(at, true);
    const [count, ages] = varint(bytes, at + 4);
    const [, nets] = varint(bytes, ages + count * 8);
    const stakes = Array.from({ length: count }, (_, index) => ({
      age: instant(ages + index * 8),
      net: decimal(nets + index * 16),
    }));
    at = nets + count * 16;
    moments.push({ customerId, ...span, orders, stakes });
  }
  if (moments.length > 0) yield taken();
}
