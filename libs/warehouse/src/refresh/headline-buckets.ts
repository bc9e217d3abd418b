import { Bitmap, columnsOf, type ClickHouse } from '#clickhouse';
import { microsOf, textOfMicros } from '../micros.js';
import { tableOf, type Shop } from '../shop.js';
import type { Bucket } from './dirty.js';
import type { Row } from './fold.js';
import { standingSql, type Addition } from './headline.js';

/** Buckets kept from one step to the next, those that something came to last: a slice of five seconds may have thousands of buyers. */
const mostKept = 50;

/** Columns of the rows that `HeadlineBuckets` makes. */
export const headlineColumns = columnsOf({
  grain: 'String',
  bucket: 'DateTime',
  gross: 'Decimal(38, 6)',
  discounts: 'Decimal(38, 6)',
  returns: 'Decimal(38, 6)',
  returns_by_order_date: 'Decimal(38, 6)',
  orders: 'UInt64',
  returned_orders: 'UInt64',
  units: 'UInt64',
  buyers: 'AggregateFunction(groupBitmap, UInt32)',
  generation: 'UInt64',
  is_deleted: 'UInt8',
});

/** Figures of one bucket; amounts in millionths where orders add to them. */
interface Figures {
  gross: bigint;
  discounts: bigint;
  readonly returns: string;
  readonly returnsByOrderDate: string;
  orders: bigint;
  readonly returnedOrders: string;
  units: bigint;
  readonly buyers: Bitmap;
}

/**
 * The headline where steps bring nothing but new orders: what they add is added here to what stands, and the sums are written. The engine
 * would take 16 ms to plan the same as a statement, and takes 4 to read the rows. Right only while what stands is exact for the step's start
 * (see `RefreshRepository`): whoever writes the table otherwise says `forget`.
 */
export class HeadlineBuckets {
  /** By grain and start, those that something came to last at the end. */
  readonly #kept = new Map<string, Figures>();

  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly shop: Shop,
  ) {}

  /** Somebody else wrote the table, or may have, or rows that `with` gave may not stand there. */
  forget(): void {
    this.#kept.clear();
  }

  /** Rows of `headlineColumns` of the buckets that something comes to, as they stand after it. */
  async with(additions: readonly Addition[], generation: bigint): Promise<Row[]> {
    await this.read(additions.filter((each) => !this.#kept.has(keyOf(each))));
    const rows = additions.map((addition) => {
      const key = keyOf(addition);
      const figures = this.#kept.get(key) ?? nothing();
      this.#kept.delete(key);
      this.#kept.set(key, figures);
      figures.gross += microsOf(addition.gross);
      figures.discounts += microsOf(addition.discounts);
      figures.orders += BigInt(addition.orders);
      figures.units += BigInt(addition.units);
      figures.buyers.add(addition.customerKeys);
      return [
        addition.grain,
        addition.start,
        textOfMicros(figures.gross),
        textOfMicros(figures.discounts),
        figures.returns,
        figures.returnsByOrderDate,
        figures.orders,
        figures.returnedOrders,
        figures.units,
        figures.buyers,
        generation,
        0,
      ];
    });
    for (const key of [...this.#kept.keys()].slice(0, -mostKept)) this.#kept.delete(key);
    return rows;
  }

  private async read(buckets: readonly Bucket[]): Promise<void> {
    if (buckets.length === 0) return;
    const rows = await this.clickhouse.query<StandingRow>(standingSql(tableOf(this.shop, 'agg_headline'), buckets), 'refresher');
    for (const row of rows)
      this.#kept.set(keyOf(row), {
        gross: microsOf(row.gross),
        discounts: microsOf(row.discounts),
        returns: row.returns,
        returnsByOrderDate: row.returns_by_order_date,
        orders: BigInt(row.orders),
        returnedOrders: row.returned_orders,
        units: BigInt(row.units),
        buyers: Bitmap.of(Buffer.from(row.buyers, 'hex')),
      });
  }
}

interface StandingRow extends Bucket {
  readonly gross: string;
  readonly discounts: string;
  readonly returns: string;
  readonly returns_by_order_date: string;
  readonly orders: string;
  readonly returned_orders: string;
  readonly units: string;
  /** The state of `groupBitmap`, in hexadecimal digits. */
  readonly buyers: string;
}

function keyOf({ grain, start }: Bucket): string {
  return `${grain} ${start}`;
}

function nothing(): Figures {
  return {
    ...{ gross: 0n, discounts: 0n, returns: '0', returnsByOrderDate: '0', orders: 0n, returnedOrders: '0', units: 0n },
    buyers: new Bitmap(),
  };
}
