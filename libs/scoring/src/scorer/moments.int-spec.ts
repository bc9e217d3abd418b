import { openEmbedded, type ClickHouse } from '#clickhouse';
import { arrivals, HeldStore, knownAt, knownInTurn, rhythms, seededShop, type TestMessage } from '#testing';
import { customerFeaturesSql, features, LedgerVersionReads, lowerOf, MomentReads, scoredPositions, type Position } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { featureChunksOf } from './feature-bits.testing.js';
import { RecentReader } from './recent-reader.js';
import { ScoringRig } from './rig.testing.js';

const mbg = { r: 0.83, alpha: 61.5, a: 0.71, b: 2.3 };
const width = features.length;
let directory: string;
let clickhouse: ClickHouse;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-moments-'));
  clickhouse = await openEmbedded(directory);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

/** In the order in which the shop knew them, some of them twice. */
function inTurn(messages: readonly TestMessage[]): TestMessage[] {
  return arrivals(11, messages, { duplicate: 0.1 }).sort((a, b) => knownAt(a) - knownAt(b));
}

const seeded = seededShop(5, { orders: 60, customers: 12 });
const scenarios = [
  ['customers with every difficulty', rhythms(), 7, 2],
  ['a shop where everything happens', { ...seeded, messages: knownInTurn(seeded.messages, seeded.shop, 60_000) }, 23, 2],
] as const;

it.each(scenarios)(
  '%s: a customer at any instant is what the whole ledger says, wherever the facts stand, and while they are brought further',
  async (name, scenario, cut, every) => {
    const store = new HeldStore(clickhouse);
    const rig = await ScoringRig.open(store, name.replaceAll(/[^a-z]+/g, '-').slice(0, 30), scenario.shop, 'data');
    const known = inTurn(scenario.messages);
    const reader = new RecentReader(rig.shop, new LedgerVersionReads(clickhouse));
    const compared = { all: 0, late: 0, within: 0 };
    let base: readonly Position[] = [];
    /** What facts and ledger give of everybody at some instants, beside what the whole ledger gives. */
    const compare = async (ends: readonly Position[], when: string, most: number): Promise<void> => {
      const documents = reader.versions.byCustomer();
      const instants = [...new Set(reader.versions.fresh.map(({ recordedTime }) => recordedTime))].sort((a, b) => b - a);
      for (const asOf of instants.filter((_, index) => index % Math.ceil(instants.length / most) === 0)) {
        const whole = await featureChunksOf(clickhouse, customerFeaturesSql(rig.shop, { asOf: new Date(asOf), mbg }));
        const customers = [...new Set([...whole.keys(), ...documents.keys()])];
        const moments = customers.map((customerId) => ({
          customerId,
          asOf,
          ...reader.versions.winners(customerId, documents.get(customerId), { asOf, before: ends, not: new Set() }),
        }));
        const leaveOut = {
          orders: [...new Set([...documents.values()].flatMap(({ orders }) => [...orders]))],
          returns: [...new Set([...documents.values()].flatMap(({ returns }) => [...returns]))],
        };
        const found = await new MomentReads(clickhouse).features(rig.shop, { moments, mbg, leaveOut });
        const bits = new Map(
          found.tags.map((tag, row) => [
            customers[tag],
            Buffer.from(found.values.slice(row * width, (row + 1) * width).buffer).toString('hex'),
          ]),
        );
        expect([...bits.keys()].sort(), `${name}, ${when}`).toEqual([...whole.keys()].sort());
        for (const [customer, expected] of whole) {
          expect(bits.get(customer), `${name}, ${when}, ${customer} at ${new Date(asOf).toISOString()}`).toBe(expected);
          compared.all += 1;
          if (documents.has(customer)) compared.late += 1;
        }
      }
    };
    for (let start = 0, batch = 0; start < known.length; start += cut, batch += 1) {
      // The facts stand still for three batches out of four.
      await rig.arrive(known.slice(start, start + cut));
      const ends = scoredPositions(rig.pipeline.refresher.live?.positions ?? []);
      const settled = scoredPositions(rig.pipeline.refresher.watermark?.positions ?? []);
      // Now and then somebody who is further behind than the facts.
      base = batch % 5 === 0 ? base : lowerOf(settled, ends);
      await reader.follow(base, ends);
      if (batch % every === 0) await compare(ends, `batch ${batch}`, 4);
      if (batch % 4 !== 3) continue;
      let isOver = false;
      const settling = rig.pipeline.refresher.settle().finally(() => (isOver = true));
      // Right behind each write to the customers' timelines, and at the end.
      let held = store.hold(() => true);
      for (let last = ''; !isOver;) {
        const write = await Promise.race([held.reached, settling.then(() => undefined)]);
        if (last === 'INSERT facts_by_customer') {
          await compare(ends, `batch ${batch}, settled up to ${write}`, 1);
          compared.within += 1;
        }
        last = write ?? '';
        const before = held;
        held = store.hold(() => true);
        before.release();
      }
      held.release();
      await settling;
      await compare(ends, `batch ${batch}, settled`, 1);
    }
    expect(compared.all).toBeGreaterThan(100);
    expect(compared.late).toBeGreaterThan(20);
    expect(compared.within).toBeGreaterThan(1);
  },
);
