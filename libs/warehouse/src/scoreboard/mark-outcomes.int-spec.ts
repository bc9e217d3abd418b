import { openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { anOrder, Random, ShopRun, type TestMessage } from '#testing';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableOf } from '../shop.js';
import { MarkRepository, type Mark } from './mark.repository.js';
import { MarkOutcomeReads, type OutcomeCell, type OutcomeQuery } from './mark-outcomes.reads.js';

// Sums over marks on the real engine, against a plain loop over the marks and the orders of a random history.

const dayMs = 86_400_000;
const start = Date.parse('2024-01-01T00:00:00Z');
const bands = [
  { band: 'low', from: 0 },
  { band: 'medium', from: 0.4 },
  { band: 'high', from: 0.7 },
];
const customers = Array.from({ length: 40 }, (_, number) => `c${number}`);

/** An order as it stands in the end. */
interface Bought {
  readonly customerId: string;
  readonly at: number;
}

let directory: string;
let clickhouse: ClickHouse;
let run: ShopRun;
let orders: Bought[];

/** Two years of orders; one in six was corrected to another instant or customer, one in eight cancelled, both known later. */
function history(random: Random): { messages: TestMessage[]; final: Bought[] } {
  const messages: TestMessage[] = [];
  const final: Bought[] = [];
  for (let number = 0; number < 260; number += 1) {
    const place = (): Bought => ({
      customerId: random.pick(customers),
      at: start + random.whole(0, 729) * dayMs + random.whole(0, 2) * 1_000,
    });
    const first = place();
    const told = (state: Bought, revision: number, change: object = {}): TestMessage =>
      anOrder(
        { orderId: `o${number}`, customerId: state.customerId, orderedAt: new Date(state.at).toISOString(), revision, ...change },
        revision === 1 ? {} : { time: '2026-01-05T00:00:00Z', recordedtime: '2026-01-05T00:00:00Z' },
      );
    messages.push(told(first, 1));
    const turn = random.whole(0, 23);
    if (turn < 4) {
      const second = place();
      messages.push(told(second, 2));
      final.push(second);
    } else if (turn < 7) messages.push(told(first, 2, { status: 'cancelled' }));
    else final.push(first);
  }
  return { messages, final };
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-marks-'));
  clickhouse = await openEmbedded(directory);
  run = await ShopRun.open(clickhouse, 'marks', { timeZone: 'Europe/London', currency: 'GBP' });
  // Former versions of a row stay where they are: a read that forgets FINAL shows.
  for (const table of ['facts_by_customer', 'churn_marks']) await clickhouse.command(sql`SYSTEM STOP MERGES ${tableOf(run.shop, table)}`);
  const { messages, final } = history(new Random(7));
  orders = final;
  await run.arrive(messages, 200);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

type Marked = Mark & { readonly reference: number };

/** The same by plain loops. */
function plainly(marks: readonly Marked[], query: OutcomeQuery, bought: readonly Bought[]): OutcomeCell[] {
  const rows = marks
    .filter(
      ({ reference, recency }) => query.references.includes(reference) && (query.activeDays === undefined || recency <= query.activeDays),
    )
    .map((mark) => {
      const end = mark.reference + query.horizonDays * dayMs;
      const came = bought.some(({ customerId, at }) => customerId === mark.customerId && at > mark.reference && at <= end);
      return { ...mark, gone: came ? 0 : 1, band: bands.findLast(({ from }) => mark.probability >= from)?.band ?? '' };
    })
    .sort((a, b) => a.probability - b.probability || a.reference - b.reference || (a.customerId < b.customerId ? -1 : 1));
  const cells = new Map<string, OutcomeCell>();
  const sizes = Array.from({ length: 10 }, (_, tenth) => Math.floor(rows.length / 10) + (tenth < rows.length % 10 ? 1 : 0));
  const tenths = sizes.flatMap((size, tenth) => new Array<number>(size).fill(tenth));
  rows.forEach(({ reference, band, probability: p, gone }, index) => {
    const tenth = tenths[index] ?? -1;
    const below = rows.filter((other) => other.probability < p).length;
    const same = rows.filter((other) => other.probability === p).length;
    const inside = Math.min(Math.max(p, 1e-7), 1 - 1e-7);
    const key = `${reference} ${band} ${tenth}`;
    const none = { reference, band, tenth, customers: 0, gone: 0, predicted: 0, variance: 0, brier: 0, logLoss: 0, goneRanks: 0 };
    const cell = cells.get(key) ?? none;
    cells.set(key, {
      ...cell,
      customers: cell.customers + 1,
      gone: cell.gone + gone,
      predicted: cell.predicted + p,
      variance: cell.variance + p * (1 - p),
      brier: cell.brier + (p - gone) ** 2,
      logLoss: cell.logLoss - (gone ? Math.log(inside) : Math.log(1 - inside)),
      goneRanks: cell.goneRanks + (gone ? below + (same + 1) / 2 : 0),
    });
  });
  return [...cells.values()];
}

const byKey = (cells: readonly OutcomeCell[]): Map<string, OutcomeCell> =>
  new Map(cells.map((cell) => [`${cell.reference} ${cell.band} ${cell.tenth}`, cell]));

function expectSame(is: readonly OutcomeCell[], should: readonly OutcomeCell[]): void {
  const [one, other] = [byKey(is), byKey(should)];
  expect([...one.keys()].sort()).toEqual([...other.keys()].sort());
  for (const [key, cell] of one) {
    for (const [name, value] of Object.entries(other.get(key) ?? {})) {
      const found = cell[name as keyof OutcomeCell];
      if (typeof value === 'number') expect(found, `${key} ${name}`).toBeCloseTo(value, 9);
      else expect(found).toBe(value);
    }
  }
}

let models = 0;
async function keep(marks: readonly Marked[]): Promise<string> {
  const model = `churn-made-${(models += 1)}`;
  const repository = new MarkRepository(clickhouse);
  for (const reference of new Set(marks.map((mark) => mark.reference))) {
    const own = marks.filter((mark) => mark.reference === reference);
    // Half of it written twice, as after a kill.
    await repository.write(run.shop, model, reference, own.slice(0, own.length / 2));
    await repository.write(run.shop, model, reference, own);
  }
  return model;
}

describe('what happened to marked customers', { timeout: 300_000 }, () => {
  it('is what a loop over marks and orders finds, on any marks', async () => {
    const reads = new MarkOutcomeReads(clickhouse);
    const months = [90, 121, 151, 182, 274].map((day) => start + day * dayMs);
    const marks = fc
      .uniqueArray(fc.tuple(fc.constantFrom(...customers, 'nobody'), fc.constantFrom(...months)), {
        minLength: 1,
        maxLength: 70,
        // Tenths of several marks, and of sizes that differ: the usual size stops at ten.
        size: 'max',
        selector: (pair) => pair.join(' '),
      })
      .chain((pairs) =>
        fc.tuple(
          ...pairs.map(([customerId, reference]) =>
            fc.record({
              customerId: fc.constant(customerId),
              reference: fc.constant(reference),
              // Ties, edges of bands, and the ends.
              probability: fc.oneof(fc.constantFrom(0, 0.4, 0.7, 0.55, 1), fc.double({ min: 0, max: 1, noNaN: true })),
              recency: fc.constantFrom(0, 90, 180, 181, 400),
            }),
          ),
        ),
      );
    await fc.assert(
      fc.asyncProperty(
        marks,
        fc.subarray(months, { minLength: 1 }),
        fc.constantFrom(30, 90),
        fc.constantFrom(undefined, 180),
        async (all, references, horizonDays, activeDays) => {
          const model = await keep(all);
          const query = { model, references, horizonDays, bands, ...(activeDays === undefined ? {} : { activeDays }) };
          expectSame(await reads.cells(run.shop, query), plainly(all, query, orders));
        },
      ),
      { numRuns: 40, seed: 11 },
    );
  });

  it('counts an order at the end of the window, none at its start or after it', async () => {
    const bought = orders[0] ?? { customerId: '', at: 0 };
    const others = orders.filter(({ customerId, at }) => customerId === bought.customerId && at !== bought.at).map(({ at }) => at);
    const marks = [bought.at, bought.at - 1, bought.at - 2 * dayMs, bought.at - 2 * dayMs - 1].map((reference) => ({
      ...{ customerId: bought.customerId, reference, probability: 0.5, recency: 1 },
    }));
    const query = { model: await keep(marks), references: marks.map(({ reference }) => reference), horizonDays: 2, bands };
    const cells = await new MarkOutcomeReads(clickhouse).cells(run.shop, query);
    const lone = (from: number): boolean => !others.some((at) => at > from && at <= from + 2 * dayMs);
    expect(marks.every(({ reference }) => lone(reference))).toBe(true);
    const gone = (reference: number | undefined): number | undefined => cells.find((cell) => cell.reference === reference)?.gone;
    expect(marks.map(({ reference }) => gone(reference))).toEqual([1, 0, 0, 1]);
  });

  it('follows the ledger: a cancellation afterwards makes a customer gone, a revival brings him back', async () => {
    const at = start + 700 * dayMs;
    const marks = [{ customerId: 'late', reference: at, probability: 0.9, recency: 5 }];
    const query = { model: await keep(marks), references: [at], horizonDays: 90, bands };
    const reads = new MarkOutcomeReads(clickhouse);
    const gone = async (): Promise<number | undefined> => (await reads.cells(run.shop, query))[0]?.gone;
    const order = (revision: number, status: 'placed' | 'cancelled'): TestMessage =>
      anOrder(
        { orderId: 'late-1', customerId: 'late', orderedAt: new Date(at + dayMs).toISOString(), revision, status },
        revision === 1 ? {} : { time: '2026-02-01T00:00:00Z', recordedtime: '2026-02-01T00:00:00Z' },
      );
    expect(await gone()).toBe(1);
    await run.arrive([order(1, 'placed')], 1);
    expect(await gone()).toBe(0);
    await run.arrive([order(2, 'cancelled')], 1);
    expect(await gone()).toBe(1);
    await run.arrive([order(3, 'placed')], 1);
    expect(await gone()).toBe(0);
  });
});

it('closes months, says when first, and gives their distribution back', async () => {
  const marks = new MarkRepository(clickhouse);
  const at = start + 31 * dayMs;
  const month = { model: 'churn-watch-1', at, customers: 3, body: '{"rows":3}' };
  await marks.close(run.shop, { ...month, clock: at + 2 });
  await marks.close(run.shop, { ...month, clock: at + 1 });
  expect(await marks.months(run.shop, 'churn-watch-1')).toEqual([{ model: 'churn-watch-1', reference: at, clock: at + 1, customers: 3 }]);
  expect(await marks.distribution(run.shop, 'churn-watch-1', at)).toBe('{"rows":3}');
  expect(await marks.distribution(run.shop, 'churn-watch-1', at + 1)).toBeUndefined();
  await marks.noteDrift(run.shop, { ...month, at: at + 5, clock: at + 5, body: 'older' });
  await marks.noteDrift(run.shop, { ...month, at: at + 9, clock: at + 9, body: 'newer' });
  expect((await marks.drifts(run.shop)).map(({ model, body }) => [model, body])).toEqual([['churn-watch-1', 'newer']]);
});
