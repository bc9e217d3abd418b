import { sql, type ClickHouse, type Sql } from '#clickhouse';
import { microsOf, textOfMicros } from '../micros.js';
import type { ReadGate } from '../read-gate.js';
import type { Addition } from '../refresh/headline.js';
import { tableOf, type Shop } from '../shop.js';
import { amounts, emptySums, within, type KpiSpan, type KpiSums } from './sums.js';

/** What the headline asks for: a period, one before it that it does not overlap, and one whole hour; spans that hold nothing are empty. */
export interface HeadlineStretches {
  readonly now: readonly KpiSpan[];
  readonly before: readonly KpiSpan[];
  readonly hour: KpiSpan | undefined;
}

export interface HeadlineSums {
  readonly now: KpiSums;
  readonly before: KpiSums;
  readonly ordersOfHour: number;
}

/** Buyers of a period that are kept by name, at most: beyond that their set is not read, but counted in the store each time. */
const mostBuyers = 50_000;
/** Askers that are remembered. */
const mostKept = 32;

/**
 * Totals of two periods and the orders of an hour, of the live level, by refund date, in one pass: one row per period that holds anything.
 * @param named whether the keys of the buyers are wanted too; they are left out where they are many
 */
export function headlineSql(shop: Shop, { now, before, hour }: HeadlineStretches, named: boolean): Sql {
  const inHour = within(hour ? [hour] : []);
  const buyers = named
    ? sql`groupBitmapMergeState(k.buyers) AS people, bitmapCardinality(people) AS buyers, if(buyers > ${mostBuyers}, [], bitmapToArray(people)) AS buyer_keys`
    : sql`groupBitmapMerge(k.buyers) AS buyers`;
  const columns = sql`multiIf(${within(now)}, 'now', ${within(before)}, 'before', '') AS stretch, ${amounts(false)}, ${buyers}, sumIf(k.orders, ${inHour}) AS orders_of_hour
FROM ${tableOf(shop, 'agg_headline')} AS k FINAL
WHERE ${within([...now, ...before, ...(hour ? [hour] : [])])} GROUP BY stretch`;
  return named ? sql`SELECT * EXCEPT people FROM (SELECT ${columns})` : sql`SELECT ${columns}`;
}

interface HeadlineRow extends KpiSums {
  readonly stretch: string;
  readonly orders_of_hour: string;
  readonly buyer_keys?: readonly number[];
}

/** One period of a headline that is kept up. */
interface KeptPeriod {
  sums: KpiSums;
  readonly buyers: Set<number>;
}

/** A headline of a generation, as it was read. */
interface Kept {
  generation: string;
  /** Of what: the stretches as text. */
  readonly of: string;
  ordersOfHour: number;
  /** Undefined where the buyers are not known by name: then nothing can be added. */
  readonly periods: { readonly now: KeptPeriod; readonly before: KeptPeriod } | undefined;
}

/**
 * Reads the headline, or adds to what was read before: while a shop has nothing but new orders it is read once, and a step need not wait for
 * its readers. Meant to be called inside a `ReadGate.read` of the live level.
 */
export class HeadlineReads {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly gate: Pick<ReadGate, 'added'>,
  ) {}

  /**
   * @param generation of the stamp
   * @param asker who will ask again for about the same, such as a room by its query
   */
  async read(shop: Shop, stretches: HeadlineStretches, generation: string, asker: string): Promise<HeadlineSums> {
    const key = `${shop.database} ${asker}`;
    const of = JSON.stringify(stretches);
    const kept = this.#kept.get(key);
    const added = kept && this.gate.added(shop, kept.generation);
    if (added && kept.periods && kept.of === of) {
      const { now, before } = kept.periods;
      add(now, stretches.now, added);
      add(before, stretches.before, added);
      if (stretches.hour) kept.ordersOfHour += sumOfOrders(added, [stretches.hour]);
      kept.generation = generation;
      return { now: now.sums, before: before.sums, ordersOfHour: kept.ordersOfHour };
    }
    // Where returns and corrections come with every step, knowing the buyers would not help: then they are only counted.
    const named = added !== undefined;
    const rows = await this.clickhouse.query<HeadlineRow>(headlineSql(shop, stretches, named));
    const rowOf = (stretch: string): KpiSums & Pick<HeadlineRow, 'buyer_keys'> => rows.find((row) => row.stretch === stretch) ?? emptySums;
    const [now, before] = [rowOf('now'), rowOf('before')];
    // The hour may lie in a period or in none.
    const ordersOfHour = rows.reduce((sum, row) => sum + Number(row.orders_of_hour), 0);
    const periods = { now: periodOf(now), before: periodOf(before) };
    const known = named && [now, before].every((row) => Number(row.buyers) === (row.buyer_keys ?? []).length);
    this.keep(key, { generation, of, ordersOfHour, periods: known ? periods : undefined });
    return { now: periods.now.sums, before: periods.before.sums, ordersOfHour };
  }

  private keep(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > mostKept && !oldest.done) this.#kept.delete(oldest.value);
  }
}

function periodOf({
  gross,
  discounts,
  returns,
  orders,
  returned_orders,
  units,
  buyers,
  buyer_keys = [],
}: KpiSums & Pick<HeadlineRow, 'buyer_keys'>): KeptPeriod {
  return { sums: { gross, discounts, returns, orders, returned_orders, units, buyers }, buyers: new Set(buyer_keys) };
}

/** New orders change neither returns nor returned orders. */
function add(period: KeptPeriod, spans: readonly KpiSpan[], added: readonly Addition[]): void {
  const within = added.filter((each) => holds(spans, each));
  if (within.length === 0) return;
  const { sums, buyers } = period;
  const money = (sum: string, of: (each: Addition) => string): string =>
    textOfMicros(within.reduce((total, each) => total + microsOf(of(each)), microsOf(sum)));
  const count = (sum: string, of: (each: Addition) => string | number): string =>
    within.reduce((total, each) => total + BigInt(of(each)), BigInt(sum)).toString();
  for (const { customerKeys } of within) for (const key of customerKeys) buyers.add(key);
  period.sums = {
    gross: money(sums.gross, ({ gross }) => gross),
    discounts: money(sums.discounts, ({ discounts }) => discounts),
    returns: sums.returns,
    orders: count(sums.orders, ({ orders }) => orders),
    returned_orders: sums.returned_orders,
    units: count(sums.units, ({ units }) => units),
    buyers: buyers.size.toString(),
  };
}

function sumOfOrders(added: readonly Addition[], spans: readonly KpiSpan[]): number {
  return added.reduce((sum, each) => sum + (holds(spans, each) ? each.orders : 0), 0);
}

/** Each order is added to one bucket of every grain; the spans of a period name each instant once. */
function holds(spans: readonly KpiSpan[], { grain, start }: Addition): boolean {
  return spans.some((span) => span.grain === grain && start * 1_000 >= span.from && start * 1_000 < span.to);
}
