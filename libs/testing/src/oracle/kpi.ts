import { conventions, discountsOf, grossOf, unitsOf, type Attributes, type Book, type Convention, type Sale } from './book.js';
import { storedGrains, type LocalTime, type StoredGrain } from './local-time.js';
import type { Micros } from './money.js';

/** Dimensions of the KPI table; `all` is the whole shop, with the one member ''. */
export const dimensions = ['all', 'product', 'country', 'region', 'city', 'payment', 'channel', 'campaign'] as const;
export type Dimension = (typeof dimensions)[number];

/** The whole shop is kept at every grain, its parts from the hour up, its products from the day up. */
export function grainsOf(dimension: Dimension): readonly StoredGrain[] {
  if (dimension === 'all') return storedGrains;
  return dimension === 'product' ? ['day', 'month'] : ['hour', 'day', 'month'];
}

const separator = '\u001f';
/** Member of `product` that carries discounts on orders as a whole: they belong to no product. No id can be like it. */
export const orderLevelMember = `${separator}order`;

/** Sums of one bucket and member. */
export interface KpiRow {
  readonly bucket: number;
  readonly member: string;
  gross: Micros;
  discounts: Micros;
  /** Refunds by the date of the refund. */
  returns: Micros;
  /** Refunds by the date of the order. */
  returnsByOrderDate: Micros;
  orders: number;
  returnedOrders: number;
  units: bigint;
  /** Customer ids; guests are not among them. */
  readonly buyers: Set<string>;
}

/** Rows of one grain and dimension. A key with no live order and no counted refund has no row. */
export class KpiRows {
  readonly #rows = new Map<string, KpiRow>();

  row(bucket: number, member: string): KpiRow {
    const key = `${bucket} ${member}`;
    let row = this.#rows.get(key);
    if (!row) {
      row = {
        bucket,
        member,
        gross: 0n,
        discounts: 0n,
        returns: 0n,
        returnsByOrderDate: 0n,
        orders: 0,
        returnedOrders: 0,
        units: 0n,
        buyers: new Set(),
      };
      this.#rows.set(key, row);
    }
    return row;
  }

  find(bucket: number, member = ''): KpiRow | undefined {
    return this.#rows.get(`${bucket} ${member}`);
  }

  [Symbol.iterator](): IterableIterator<KpiRow> {
    return this.#rows.values();
  }
}

/** The part of a sale that falls to one member of a dimension. */
export interface Share {
  readonly member: string;
  readonly gross: Micros;
  readonly discounts: Micros;
  readonly units: bigint;
  /** The order is one of this member's orders; not so where only an order-level discount stands. */
  readonly ordered: boolean;
}

/** How a sale falls to the members of a dimension: wholly to one, except by product. */
export function sharesOf(sale: Sale, dimension: Dimension): Share[] {
  if (dimension === 'product') return sharesByProduct(sale, (product) => product);
  return [
    {
      member: memberOf(sale.attributes, dimension),
      gross: grossOf(sale),
      discounts: discountsOf(sale),
      units: unitsOf(sale),
      ordered: true,
    },
  ];
}

/** One share per distinct member among the products of a sale: an order counts once in each. */
export function sharesByProduct(sale: Sale, memberOfProduct: (product: string) => string): Share[] {
  const shares = new Map<string, { gross: Micros; discounts: Micros; units: bigint }>();
  for (const line of sale.lines) {
    const member = memberOfProduct(line.product);
    const share = shares.get(member) ?? { gross: 0n, discounts: 0n, units: 0n };
    shares.set(member, { gross: share.gross + line.gross, discounts: share.discounts + line.discount, units: share.units + line.quantity });
  }
  const all: Share[] = [...shares].map(([member, share]) => ({ member, ...share, ordered: true }));
  if (sale.orderDiscount > 0n) all.push({ member: orderLevelMember, gross: 0n, discounts: sale.orderDiscount, units: 0n, ordered: false });
  return all;
}

/** Member of an order's own attribute. Two towns of one name in two countries are two members. */
export function memberOf(attributes: Attributes, dimension: Exclude<Dimension, 'product'>): string {
  const { country, region, city } = attributes;
  switch (dimension) {
    case 'all':
      return '';
    case 'region':
      return [country, region].join(separator);
    case 'city':
      return [country, region, city].join(separator);
    default:
      return attributes[dimension];
  }
}

/** Every row of the KPI table, by grain and dimension. */
export class KpiTable {
  readonly #parts = new Map<string, KpiRows>();

  constructor(book: Book, time: LocalTime) {
    for (const dimension of dimensions) {
      for (const grain of grainsOf(dimension)) this.#parts.set(`${grain} ${dimension}`, rowsOf(book, time, grain, dimension));
    }
  }

  rows(grain: StoredGrain, dimension: Dimension): KpiRows {
    return this.#parts.get(`${grain} ${dimension}`) ?? new KpiRows();
  }
}

function rowsOf(book: Book, time: LocalTime, grain: StoredGrain, dimension: Dimension): KpiRows {
  const rows = new KpiRows();
  for (const sale of book.sales) {
    const bucket = time.bucketStart(grain, sale.at);
    for (const share of sharesOf(sale, dimension)) {
      const row = rows.row(bucket, share.member);
      row.gross += share.gross;
      row.discounts += share.discounts;
      row.units += share.units;
      if (!share.ordered) continue;
      row.orders += 1;
      if (sale.returned) row.returnedOrders += 1;
      if (sale.customer !== '') row.buyers.add(sale.customer);
    }
  }
  for (const refund of book.refunds) {
    const member = dimension === 'product' ? refund.product : memberOf(refund.attributes, dimension);
    for (const convention of conventions) {
      const row = rows.row(time.bucketStart(grain, refund.at[convention]), member);
      row[columnOf[convention]] += refund.amount;
    }
  }
  return rows;
}

const columnOf = { 'refund-date': 'returns', 'order-date': 'returnsByOrderDate' } as const satisfies Record<Convention, keyof KpiRow>;
