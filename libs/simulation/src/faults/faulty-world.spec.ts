import { compareOracles, foldOracle, type OracleMessage } from '#testing';
import { describe, expect, it, vi } from 'vitest';
import { dayMs, worldCurrency, worldTimeZone } from '../law/calendar.js';
import { profileOf } from '../law/profiles.js';
import { World } from '../world/world.js';
import { faultNames, faultRates, type FaultName } from './fault-rates.js';
import { FaultyWorld, type FaultyEvent } from './faulty-world.js';

vi.setConfig({ testTimeout: 60_000 });

const shop = { timeZone: worldTimeZone, currency: worldCurrency };
const world = (): World => new World({ profile: { ...profileOf('rich'), name: 'small', customers: 300, products: 40 }, seed: 3 });
const all = Object.fromEntries(faultNames.map((name) => [name, 0.1]));
const fold = (events: Iterable<object>) => foldOracle([...events] as OracleMessage[], shop);

describe('a world with faults', () => {
  it('of no rates is the world itself', () => {
    const plain = [...world().history()].map(({ at, value }) => ({ at, value }));
    const faulty = new FaultyWorld(world(), faultRates({}));
    expect([...faulty.history()].map(({ at, value }) => ({ at, value }))).toEqual(plain);
    expect(faulty.identity).toBe(world().identity);
  });

  it('has each fault at its rate', () => {
    const events = [...new FaultyWorld(world(), faultRates(all)).history()];
    const orders = [...world().history()].filter(({ topic }) => topic === 'transactions.v1').length;
    const whole = [...world().history()].length;
    const count = (name: FaultName): number => events.filter(({ fault }) => fault === name).length;
    const near = (actual: number, target: number): void => {
      expect(actual).toBeGreaterThan(target * 0.7);
      expect(actual).toBeLessThan(target * 1.3);
    };
    near(count('duplicates'), whole * 0.1);
    near(count('poison'), whole * 0.1);
    near(count('late'), whole * 0.1);
    near(count('outOfOrder'), whole * 0.1 * 0.9);
    near(count('corrections'), orders * 0.1);
    near(count('cancellations'), orders * 0.1);
    // The order and its return.
    near(count('returnsFirst'), orders * 0.2);
    const stamps = events.map(({ at }) => at);
    expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
  });

  it('says which messages count: exactly the others are refused', () => {
    const events = [...new FaultyWorld(world(), faultRates(all)).history()];
    const oracle = fold(events);
    const wrong = events.filter(({ valid }, index) => valid !== oracle.verdicts[index]?.accepted);
    expect(wrong).toEqual([]);
    expect(events.some(({ valid }) => !valid)).toBe(true);
    expect(compareOracles(fold(events.filter(({ valid }) => valid)), oracle)).toEqual([]);
  });

  it('changes no figure by duplicates, disorder and poison, and some by each of the others', () => {
    const until = world().end;
    // Two days more: whatever was on its way has come. Of what is recorded later nothing counts here.
    const some = (rates: Partial<Record<FaultName, number>>) =>
      fold(
        take(new FaultyWorld(world(), faultRates(rates)), until + 2 * dayMs).filter(
          ({ value }) => Date.parse(/"recordedtime":"([^"]*)"/.exec(value)?.[1] ?? '2020-01-01') < until,
        ),
      );
    const plain = fold(world().history());
    expect(compareOracles(plain, some({ duplicates: 0.3, outOfOrder: 0.3, poison: 0.3 }))).toEqual([]);
    for (const name of ['corrections', 'cancellations', 'returnsFirst'] as const)
      expect(compareOracles(plain, some({ [name]: 0.3 }))).not.toEqual([]);
  });

  it('has corrections of time, of customer and of amount, and returns that come before their sale', () => {
    const events = [...new FaultyWorld(world(), faultRates(all)).history()].map((event) => ({
      ...event,
      data: event.valid ? (JSON.parse(event.value) as { data: Record<string, unknown> }).data : {},
    }));
    const first = new Map(events.filter(({ data }) => data['revision'] === 1).map(({ data }) => [data['orderId'], data]));
    const differing = new Set<string>();
    for (const { fault, data, key } of events) {
      if (fault !== 'corrections') continue;
      const before = first.get(data['orderId']);
      for (const field of ['orderedAt', 'customerId', 'lines'])
        if (before && JSON.stringify(before[field]) !== JSON.stringify(data[field])) differing.add(field);
      expect(key).toBe(data['customerId']);
    }
    expect([...differing].sort()).toEqual(['customerId', 'lines', 'orderedAt']);

    const place = (name: string, id: unknown): number => events.findIndex(({ topic, data }) => topic === name && data['orderId'] === id);
    const early = events.filter(({ fault, topic }) => fault === 'returnsFirst' && topic === 'returns.v1');
    expect(early.length).toBeGreaterThan(10);
    for (const { data } of early.slice(0, -1))
      expect(place('returns.v1', data['orderId'])).toBeLessThan(place('transactions.v1', data['orderId']));
  });

  it('goes on from any instant as if it had never stopped', () => {
    const until = world().end + 10 * dayMs;
    const whole = take(new FaultyWorld(world(), faultRates(all)), until);
    for (const share of [0.05, 0.31, 0.62, 0.93, 0.998]) {
      const at = whole[Math.floor(whole.length * share)]?.at ?? 0;
      expect(take(new FaultyWorld(world(), faultRates(all)), until, at)).toEqual(whole.filter((event) => event.at > at));
    }
  });

  it('says in each event which faults it has', () => {
    expect(new FaultyWorld(world(), faultRates({ late: 0.05, duplicates: 0.01 })).source).toBe(
      `${world().source}?duplicates=0.01&late=0.05`,
    );
    const faulty = new FaultyWorld(world(), faultRates(all));
    const others = [...faulty.history()].filter(({ valid, value }) => valid && !value.includes(`"source":"${faulty.source}"`));
    expect(others).toEqual([]);
  });

  it('refuses rates that are none', () => {
    expect(() => faultRates({ lates: 0.1 })).toThrow(/no fault lates.*duplicates/);
    expect(() => faultRates({ late: 1.5 })).toThrow(/late is 1.5.*0 to 1/);
    expect(() => faultRates({ late: Number.NaN })).toThrow(/late is NaN/);
  });
});

function take(faulty: FaultyWorld, until: number, after = faulty.start - 1): FaultyEvent[] {
  const taken: FaultyEvent[] = [];
  for (const event of faulty.after(after)) {
    if (event.at >= until) break;
    taken.push(event);
  }
  return taken;
}
