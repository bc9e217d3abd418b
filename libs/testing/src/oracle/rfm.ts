import type { Book } from './book.js';
import { customerLives, netOf } from './customers.js';
import { daysBetween, type LocalTime } from './local-time.js';
import type { Micros } from './money.js';

/** One customer's recency, frequency and monetary value with their scores, 5 best. */
export interface RfmScore {
  readonly customer: string;
  /** Calendar days of the shop's zone since the last order. */
  readonly recency: number;
  readonly frequency: number;
  /** Net sales. */
  readonly monetary: Micros;
  readonly r: number;
  readonly f: number;
  readonly m: number;
  readonly score: number;
  readonly segment: string;
}

/** Customers who went from one segment to another, with their net sales now. */
export interface SegmentFlow {
  readonly from: string;
  readonly to: string;
  readonly customers: number;
  readonly netSales: Micros;
}

/**
 * RFM as of an instant, from what happened up to `until`. An order may lie up to five minutes past the clock
 * (producers' clocks differ); it counts, and its recency is 0.
 */
export function rfmScores(book: Book, time: LocalTime, asOf: number, until = Infinity): RfmScore[] {
  const today = time.dateOf(asOf);
  const customers = [...customerLives(book, until)].flatMap(([customer, figures]) =>
    figures.lastOrder === null
      ? []
      : [
          {
            customer,
            recency: Math.max(0, daysBetween(time.dateOf(figures.lastOrder), today)),
            frequency: figures.orders,
            monetary: netOf(figures),
          },
        ],
  );
  customers.sort(idOrder(customers.map(({ customer }) => customer)));

  // Sorting is stable, so among equals the order by id stands.
  const r = fifths([...customers].sort((a, b) => b.recency - a.recency));
  const f = fifths([...customers].sort((a, b) => a.frequency - b.frequency));
  const m = fifths([...customers].sort((a, b) => (a.monetary < b.monetary ? -1 : a.monetary > b.monetary ? 1 : 0)));
  return customers.map((each) => {
    const scores = { r: r.get(each.customer) ?? 0, f: f.get(each.customer) ?? 0, m: m.get(each.customer) ?? 0 };
    const score = scores.r + scores.f + scores.m;
    return { ...each, ...scores, score, segment: segmentOf(score) };
  });
}

/** From the segments thirty days before the clock to those of now; who had no order then comes from 'New'. */
export function segmentFlow(book: Book, time: LocalTime, clock: number): SegmentFlow[] {
  const then = clock - 30 * 24 * 3_600_000;
  const before = new Map(rfmScores(book, time, then, then).map(({ customer, segment }) => [customer, segment]));
  const flows = new Map<string, SegmentFlow>();
  for (const { customer, segment, monetary } of rfmScores(book, time, clock)) {
    const from = before.get(customer) ?? 'New';
    const key = `${from} > ${segment}`;
    const flow = flows.get(key) ?? { from, to: segment, customers: 0, netSales: 0n };
    flows.set(key, { ...flow, customers: flow.customers + 1, netSales: flow.netSales + monetary });
  }
  return [...flows.values()];
}

/** NTILE(5): five groups in order, as even as can be, the larger ones first. */
function fifths(ordered: readonly { customer: string }[]): Map<string, number> {
  const small = Math.floor(ordered.length / 5);
  const larger = ordered.length % 5;
  const scores = new Map<string, number>();
  let next = 0;
  for (let group = 1; group <= 5; group += 1) {
    for (let left = small + (group <= larger ? 1 : 0); left > 0; left -= 1) {
      scores.set(ordered[next]?.customer ?? '', group);
      next += 1;
    }
  }
  return scores;
}

/** Ids compare as integers if all are digits, else as bytes; `7` and `007` are equal integers, so bytes decide. */
function idOrder(ids: readonly string[]): (a: { customer: string }, b: { customer: string }) => number {
  const asBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (!ids.every((id) => /^[0-9]+$/.test(id))) return (a, b) => asBytes(a.customer, b.customer);
  const numbers = new Map(ids.map((id) => [id, BigInt(id)]));
  return (a, b) => {
    const x = numbers.get(a.customer) ?? 0n;
    const y = numbers.get(b.customer) ?? 0n;
    return x < y ? -1 : x > y ? 1 : asBytes(a.customer, b.customer);
  };
}

function segmentOf(score: number): string {
  if (score >= 13) return 'Champions';
  if (score >= 11) return 'Loyal Customers';
  if (score >= 9) return 'Potential Loyalist';
  if (score >= 7) return 'At Risk';
  if (score >= 5) return 'Needs Attention';
  return 'Lost';
}
