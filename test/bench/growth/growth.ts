import { exactly, Instance, seen, type Measure } from '#testing';
import { join } from 'node:path';
import type { Measured, MeasureOptions } from '../../run-measures.js';
import { differingCells } from '../load-cells.js';
import { refreshCost, type RefreshCost } from '../refresh.js';
import { timeToSocket } from '../time-to-socket.js';
import { withCurves, type Curve, type Point } from './curves.js';

const storedOrders = [1_000_000, 3_000_000, 10_000_000, 30_000_000] as const;
const customersOfAMillion = [10_000, 100_000, 1_000_000] as const;
const ordersASecond = [250, 500, 1_000, 2_000, 4_000] as const;

/** A curve, and what must be none for it to count. */
interface Grown {
  readonly curve: Curve;
  readonly exact: readonly Measure[];
}

/**
 * How the cost of an event grows: with the orders that are stored, with the customers they are of, and with the rate at which events come.
 * Each point in a store of its own, compared with a plain sum. `--events N` leaves out more stored orders than that; thirty million take
 * hours, and some gigabytes for each ten of them.
 */
export async function growth(work: string, { events = Infinity }: MeasureOptions): Promise<Measured> {
  // Nothing is deleted in between: an ext4 file system without a journal makes each new file slow for minutes after that. Large ones last.
  const grown = [
    await latencies(work),
    await refreshes(
      work,
      'Until all figures hold 5,000 new orders, by customers',
      'customers, a million orders stored',
      customersOfAMillion.map((customers) => ({ at: customers, stored: 1_000_000, customers })),
    ),
    await refreshes(
      work,
      'Until all figures hold 5,000 new orders, by orders stored',
      'orders stored, a twentieth as many customers',
      storedOrders.filter((stored) => stored <= events).map((stored) => ({ at: stored, stored, customers: stored / 20 })),
    ),
  ];
  const curves = grown.map(({ curve }) => curve).filter(({ points }) => points.length > 0);
  return {
    measures: [...curves.flatMap(figures), ...grown.flatMap(({ exact }) => exact)],
    details: { curves },
    document: { file: 'docs/performance.md', rewritten: (text) => withCurves(text, curves) },
  };
}

async function refreshes(
  work: string,
  title: string,
  over: string,
  shops: readonly { readonly at: number; readonly stored: number; readonly customers: number }[],
): Promise<Grown> {
  const costs: (RefreshCost & { readonly at: number })[] = [];
  for (const { at, stored, customers } of shops) {
    const directory = join(work, `stored-${stored}-${customers}`);
    costs.push({ at, ...(await refreshCost(directory, stored, customers)) });
  }
  return {
    curve: {
      ...{ title, over, unit: 'ms' },
      series: ['ids in time: facts and headline', 'ids in time: all figures', 'random ids: all figures'],
      points: costs.map(({ at, inOrder, random }) => ({ at, values: [inOrder.step, inOrder.both, random.both] })),
    },
    exact: costs.map(({ at, differing }) =>
      exactly(`${at} ${over}: figures that differ from a sum over the ledger`, differing, 'figures', 0),
    ),
  };
}

async function latencies(work: string): Promise<Grown> {
  const points: Point[] = [];
  const exact: Measure[] = [];
  for (const perSecond of ordersASecond) {
    const data = join(work, `rate-${perSecond}`);
    const instance = await Instance.start(data);
    const took = await timeToSocket(instance, 'growth', perSecond).finally(() => instance.stop());
    points.push({ at: perSecond, values: [took.p50, took.p99] });
    const differing = await differingCells(data, 'growth', took.shape, took.sent);
    exact.push(exactly(`${perSecond} orders a second: sent and not shown`, took.notShown, 'orders', 0));
    exact.push(exactly(`${perSecond} orders a second: cells that differ from a fold`, differing, 'cells', 0));
  }
  const title = 'An order, produced until at a socket, by orders a second';
  return { curve: { title, over: 'orders a second', unit: 'ms', series: ['p50', 'p99'], points }, exact };
}

function figures({ title, series, unit, points }: Curve): Measure[] {
  return points.flatMap(({ at, values }) => values.map((value, index) => seen(`${title}: ${at}: ${series[index]}`, value, unit)));
}
