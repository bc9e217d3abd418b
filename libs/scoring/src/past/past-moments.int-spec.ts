import { openEmbedded, type ClickHouse } from '#clickhouse';
import { arrivals, knownAt, knownInTurn, rhythms, seededShop, type TestMessage } from '#testing';
import { customerFeaturesSql, features, MomentReads, PastMomentReads, textOfMicros, type PastMoment } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { featureChunksOf } from '../scorer/feature-bits.testing.js';
import { ScoringRig } from '../scorer/rig.testing.js';

const mbg = { r: 0.83, alpha: 61.5, a: 0.71, b: 2.3 };
const width = features.length;
let directory: string;
let clickhouse: ClickHouse;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-past-'));
  clickhouse = await openEmbedded(directory);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

function stakeOf({ stakes }: PastMoment): string {
  const sum = stakes.reduce((total, { net }) => total + net, 0n);
  return textOfMicros(sum < 0n ? 0n : sum > 999_999_999_999_999_999n ? 999_999_999_999_999_999n : sum);
}

const inTurn = (messages: readonly TestMessage[]): TestMessage[] =>
  arrivals(11, messages, { duplicate: 0.1 }).sort((a, b) => knownAt(a) - knownAt(b));
const seeded = seededShop(5, { orders: 60, customers: 12 });
const scenarios = [
  ['every-difficulty', rhythms()],
  ['everything-happens', { ...seeded, messages: knownInTurn(seeded.messages, seeded.shop, 60_000) }],
] as const;

it.each(scenarios)(
  '%s: at every instant at which something became known the row is that of the statement, bit for bit',
  async (name, { shop, messages }) => {
    const rig = await ScoringRig.open(clickhouse, name, shop, 'data');
    const all = inTurn(messages);
    await rig.arrive(all, true);
    const known = all
      .map(knownAt)
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    const [from, to] = [known[Math.floor(known.length / 5)] ?? 0, (known.at(-1) ?? 0) + 86_400_000];
    const rows = new Map<string, string>();
    const found: PastMoment[] = [];
    for await (const { moments, values } of new PastMomentReads(clickhouse).all(rig.shop, { from, to, mbg })) {
      moments.forEach((moment, row) => {
        found.push(moment);
        rows.set(`${moment.customerId} ${moment.at}`, Buffer.from(values.slice(row * width, (row + 1) * width).buffer).toString('hex'));
      });
    }
    expect(found.length).toBeGreaterThan(30);
    // At its instant, and at the last one at which it says that nothing moved, everybody who has a row is known, and nobody else.
    let compared = 0;
    for (const at of new Set([from, ...found.map((each) => each.at)])) {
      const whole = await featureChunksOf(clickhouse, customerFeaturesSql(rig.shop, { asOf: new Date(at), mbg }));
      const there = found.filter((each) => each.at <= at && each.ends >= at).map(({ customerId }) => customerId);
      expect(there.sort(), `known at ${new Date(at).toISOString()}`).toEqual([...whole.keys()].sort());
      for (const { customerId } of found.filter((each) => each.at === at)) {
        expect(rows.get(`${customerId} ${at}`), `${customerId} at ${new Date(at).toISOString()}`).toBe(whole.get(customerId));
        compared += 1;
      }
    }
    expect(compared).toBe(found.length);
    // Orders and stake where the facts say it too: after everything is known.
    const newest = found.filter((each) => each.ends === to);
    const moments = newest.map(({ customerId, at }) => ({ customerId, asOf: at, orders: [], returns: [] }));
    const facts = await new MomentReads(clickhouse).features(rig.shop, { moments, mbg, leaveOut: { orders: [], returns: [] } });
    const expected = facts.tags.map((tag, row) => `${newest[tag]?.customerId} ${facts.orders[row]} ${facts.stakes[row]}`);
    expect(newest.map((each) => `${each.customerId} ${each.orders} ${stakeOf(each)}`).sort()).toEqual(expected.sort());
  },
);
