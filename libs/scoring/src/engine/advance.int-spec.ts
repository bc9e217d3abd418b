import { openEmbedded, type ClickHouse } from '#clickhouse';
import { anOrder, aReturn, Random, rhythms, ShopRun } from '#testing';
import { features, FeatureReads, type FeatureMoment, type MbgParameters } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advance, dayMs, moving, placeOf } from './advance.js';

const width = features.length;
const asOf = Date.parse('2025-12-01T13:37:42.123Z');
const mbg: MbgParameters = { r: 0.83, alpha: 61.5, a: 0.71, b: 2.3 };
let directory: string;
let clickhouse: ClickHouse;
let run: ShopRun;
let start: Map<string, Float32Array>;

/** Customers of every kind: once, twice, often, long ago and just now, with returns and without. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-advance-'));
  clickhouse = await openEmbedded(directory);
  const { shop, messages } = rhythms();
  run = await ShopRun.open(clickhouse, 'advance', shop);
  const random = new Random(11);
  const at = (): string => new Date(asOf - random.whole(0, 700 * dayMs)).toISOString();
  const orders = Array.from({ length: 2_400 }, (_, index) => {
    const customerId = `c${index < 500 ? index : Math.floor(500 * random.next() ** 3)}`;
    const lines = [{ line: 1, productId: `p${random.whole(1, 30)}`, quantity: random.whole(1, 4), unitPrice: `${random.whole(1, 900)}.5` }];
    return anOrder({ orderId: `x${index}`, customerId, currency: 'USD', orderedAt: at(), lines });
  });
  const returns = Array.from({ length: 200 }, (_, index) =>
    aReturn({
      returnId: `r${index}`,
      orderId: `x${index * 11}`,
      currency: 'USD',
      refundedAt: new Date(asOf - random.whole(0, 60 * dayMs)).toISOString(),
    }),
  );
  await run.arrive([...messages, ...orders, ...returns], 1_000);
  start = await rowsAt(asOf);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

async function rowsAt(instant: number, parameters = mbg): Promise<Map<string, Float32Array>> {
  const moment: FeatureMoment = { asOf: new Date(instant), mbg: parameters };
  const rows = new Map<string, Float32Array>();
  for await (const { customerIds, values } of new FeatureReads(clickhouse).sweep(run.shop, moment)) {
    customerIds.forEach((id, row) => rows.set(id, values.slice(row * width, (row + 1) * width)));
  }
  return rows;
}

/**
 * How far a feature may be from the statement's: half a unit in the last place for each float32 that it is made of and for itself, at most
 * four of them; 2^-22 of its size. Differences have the size of what is subtracted. The logit of MBG/NBD is as steep in days as
 * (r + x) / (alpha + t_x), and days are known to half a unit of tenure and recency.
 */
function tolerance(name: string, row: Float32Array): number {
  const of = (feature: string): number => row[placeOf(feature)] ?? NaN;
  const unit = 2 ** -22;
  if (name === 'recency_z') return (unit * (of('recency') + of('gap_mean'))) / (of('gap_std') + 3);
  if (name === 'mbg_logit') {
    const steep = (mbg.r + of('repeat_days')) / (mbg.alpha + of('tenure') - of('recency'));
    return unit * (Math.abs(of(name)) + steep * (of('tenure') + of('recency')));
  }
  return name.startsWith('season') ? unit : unit * Math.abs(of(name));
}

describe('the features of a silent customer', () => {
  it.each([1 / dayMs, 1 / 24, 1, 7.3, 30, 89.99999, 200.5, 365])('are those of the statement %d days later', async (days) => {
    const to = Math.round(asOf + days * dayMs);
    const later = await rowsAt(to);
    expect(start.size).toBeGreaterThan(500);
    expect([...later.keys()].sort()).toEqual([...start.keys()].sort());
    let [largest, moved] = [0, 0];
    for (const [customer, row] of start) {
      const [is, should] = [advance(row, (to - asOf) / dayMs, asOf, mbg), later.get(customer) ?? new Float32Array(width)];
      for (const [place, { name }] of features.entries()) {
        const [mine, its] = [is[place] ?? NaN, should[place] ?? NaN];
        const where = `${customer}.${name}: ${mine}, should be ${its}`;
        if (!moving.includes(place)) expect(Object.is(mine, its), where).toBe(true);
        else if (Number.isNaN(its)) expect(mine, where).toBeNaN();
        else {
          // A tolerance of zero is met by equality alone.
          const share = mine === its ? 0 : Math.abs(mine - its) / tolerance(name, should);
          if (!(share <= 1)) expect.fail(where);
          largest = Math.max(largest, share);
          if (mine !== row[place]) moved += 1;
        }
      }
    }
    // A tolerance that is never approached would hide mistakes. A millisecond moves next to nothing.
    if (days > 1) {
      expect(largest).toBeGreaterThan(0.2);
      expect(moved).toBeGreaterThan(start.size * 10);
    }
  });

  it('are NaN where they were', async () => {
    const none = { r: NaN, alpha: NaN, a: NaN, b: NaN };
    const [rows, later] = [await rowsAt(asOf, none), await rowsAt(asOf + dayMs, none)];
    for (const [customer, row] of rows) {
      const is = advance(row, 1, asOf, none);
      expect([...is].map(Number.isNaN), customer).toEqual([...(later.get(customer) ?? [])].map(Number.isNaN));
    }
  });
});
