import { Zone } from '#clock';
import { backtestBody, topics, type CustomerScore } from '#contracts';
import { partitionOfKey } from '#streaming';
import type { AlertLogRow, KnownCustomer, Shop } from '#warehouse';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldInBatches, scored, start } from '../fold/scripted.js';
import { surroundingsOf } from '../owner/batch-surroundings.js';
import { RuleBook } from '../rules/rules.js';
import { foldPast } from './fold-past.js';
import { baseInstants, horizonMs, outcomeOf } from './outcome.js';
import { ScoreLine } from './score-line.js';
import { ScoreMemory } from './score-memory.js';
import { alertsByDay, bySuppression, sharedCustomers } from './summary.js';
import { triedRules } from './tried-rules.js';

const shop: Shop = {
  ...{ shop: 'demo', database: 'shop_demo', timeZone: 'Europe/London', currency: 'GBP', fiscalYearStart: 1, clockMode: 'source' },
};
const [dayMs, hourMs] = [86_400_000, 3_600_000];
const { partitions } = topics['alerts.v1'];
const signal = new AbortController().signal;
const zone = new Zone(shop.timeZone);
const tried = (change: object = {}) => backtestBody.parse({ rule: 'tried', name: 'Tried', band: 'high', revision: 0, ...change });

/** Every third customer has refused, every second one of those known came by search. */
const customers = {
  versions: (_shop: Shop, ids: readonly string[]): Promise<KnownCustomer[]> =>
    Promise.resolve(
      ids.map((customerId) => ({
        ...{ customerId, revision: 1n, hash: 'h', recordedAt: 0 },
        ...{ consent: Number(customerId.slice(1)) % 3 !== 0, channel: Number(customerId.slice(1)) % 2 === 0 ? 'search' : 'mail' },
      })),
    ),
  segments: () => Promise.resolve(new Map<string, string>()),
};

/** Bands of customers, hour by hour. */
const history = fc.array(
  fc.record({ customer: fc.nat(14), hours: fc.integer({ min: 1, max: 40 }), band: fc.constantFrom('low', 'medium', 'high') }),
  {
    minLength: 80,
    maxLength: 150,
  },
);
const rules = fc.record({
  band: fc.constantFrom('medium', 'high'),
  capPerDay: fc.option(fc.integer({ min: 1, max: 6 })),
  cooldownDays: fc.nat(20),
  expireDays: fc.integer({ min: 1, max: 20 }),
  holdout: fc.constantFrom(0, 0.3),
  minOrders: fc.constantFrom(1, 3, 4),
  quietHours: fc.constantFrom(null, { from: '22:00', to: '07:00' }),
  channel: fc.constantFrom(null, 'search'),
});

const messagesOf = (steps: readonly { customer: number; hours: number; band: string }[]) => {
  let at = start;
  return steps.map(({ customer, hours, band }, index) => {
    at += hours * hourMs;
    const message = scored(`c${customer}`, at, band as CustomerScore['band'], { orders: 1 + (index % 5), muted: index < 5 });
    if (message.kind !== 'scored') throw new TypeError('A score is a score.');
    return message;
  });
};

describe('what a rule would have done', () => {
  it('is what the owner of alerts does with the same scores, whatever the rule', async () => {
    let [sent, suppressed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(history, rules, async (steps, change) => {
        const messages = messagesOf(steps);
        const { saved } = triedRules(new RuleBook([]), tried(change));
        const line = new ScoreLine();
        line.add([...messages].reverse());
        const past = await foldPast(shop, await line.inOrder(), saved, 'tried', { zone, customers, signal });
        // As a live owner has them: partition by partition, in batches, stored and read again now and then.
        const fold = { shop: shop.shop, zone, partitions };
        const live: AlertLogRow[] = [];
        for (let partition = 0; partition < partitions; partition += 1) {
          const own = messages.filter(({ score }) => partitionOfKey(score.customerId, partitions) === partition);
          const placed = own.map((message) => ({ offset: 0n, message }));
          const around = await surroundingsOf(shop, fold, placed, { rules: { all: () => Promise.resolve([...saved]) }, customers });
          const batches = Array.from({ length: Math.ceil(own.length / 7) }, (_, batch) => own.slice(batch * 7, batch * 7 + 7));
          live.push(...foldInBatches(batches, around, (batch) => batch % 2 === 1, partition));
        }
        const of = (kind: string, what?: string) =>
          live
            .filter((row) => row.rule === 'tried' && row.kind === kind && (what === undefined || row.what === what))
            .map(({ alertId, customerId, at, day, what: reason }) => `${at} ${day} ${customerId} ${alertId} ${reason}`)
            .sort();
        expect(past.sent.map((each) => `${each.at} ${each.day} ${each.customerId} ${each.alertId} opened`).sort()).toEqual(
          of('alert', 'opened'),
        );
        expect(past.suppressed.map((each) => `${each.at} ${each.day} ${each.customerId}  ${each.reason}`).sort()).toEqual(of('suppressed'));
        sent += past.sent.length;
        suppressed += past.suppressed.length;
      }),
      { numRuns: 50, seed: 7 },
    );
    expect(sent).toBeGreaterThan(100);
    expect(suppressed).toBeGreaterThan(100);
  });

  it('counts an alert as useful where nobody ordered in the ninety days after, and where these are not over as not yet known', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(5), fc.nat(200)), { maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(5), fc.nat(300)), { maxLength: 60 }),
        (a, o) => {
          const [from, to] = [start, start + 200 * dayMs];
          const alerts = a.map(([customer, day]) => ({
            customerId: `c${customer}`,
            at: start + day * dayMs,
            alertId: '',
            day: '',
            netValue: '0',
          }));
          const orders = new Map<string, number[]>();
          for (const [customer, day] of [...o].sort(([, x], [, y]) => x - y)) {
            orders.set(`c${customer}`, [...(orders.get(`c${customer}`) ?? []), start + day * dayMs]);
          }
          let [known, gone] = [0, 0];
          for (const { customerId, at } of alerts) {
            if (at + horizonMs > to) continue;
            known += 1;
            if (!o.some(([c, day]) => `c${c}` === customerId && start + day * dayMs > at && start + day * dayMs <= at + horizonMs))
              gone += 1;
          }
          const found = outcomeOf(alerts, { from, to, orders, base: [] });
          expect(found).toMatchObject({
            alerts: a.length,
            known,
            gone,
            notYetKnown: a.length - known,
            precision: known === 0 ? null : gone / known,
          });
        },
      ),
    );
  });

  it('is compared with all customers of the same weeks, each week weighing as much as it has alerts', () => {
    const [from, to] = [start, start + 200 * dayMs];
    const instants = baseInstants(from, to);
    expect(instants.length).toBe(Math.floor((110 - 3.5) / 7) + 1);
    const base = instants.map((at, week) => ({ at, customers: 100, gone: week === 0 ? 80 : 60, active: 50, activeGone: 20 }));
    const alert = (day: number) => ({ customerId: 'c1', at: start + day * dayMs, alertId: '', day: '', netValue: '0' });
    const found = outcomeOf([alert(1), alert(2), alert(3), alert(9)], { from, to, orders: new Map(), base });
    expect(found.precision).toBe(1);
    expect(found.base.all).toBeCloseTo((3 * 0.8 + 0.6) / 4, 12);
    expect(found.lift).toEqual({ all: 1 / (found.base.all ?? 0), active: 2.5 });
  });
});

describe('its precision', () => {
  const alertOf = (customer: number, day: number) => ({
    customerId: `c${customer}`,
    at: start + day * dayMs,
    ...{ alertId: '', day: '', netValue: '0' },
  });
  it('is as sure as the customers are many, not the alerts about them', () => {
    const [from, to] = [start, start + 300 * dayMs];
    // Ten customers, five of whom stay away: the same share with one alert about each and with thirty.
    const orders = new Map(Array.from({ length: 5 }, (_, index) => [`c${index}`, [start + 65 * dayMs]] as const));
    const days = (each: number): number[] => Array.from({ length: each }, (_, index) => index * 2);
    const of = (each: number) =>
      outcomeOf(Array.from({ length: 10 }, (_, customer) => days(each).map((day) => alertOf(customer, day))).flat(), {
        from,
        to,
        orders,
        base: [],
      });
    const [one, thirty] = [of(1), of(30)];
    expect([one.known, thirty.known, one.precision, thirty.precision]).toEqual([10, 300, 0.5, 0.5]);
    expect([thirty.low, thirty.high]).toEqual([one.low, one.high]);
    expect((thirty.high ?? 0) - (thirty.low ?? 0)).toBeGreaterThan(0.4);
  });

  it('has a base in each week that has alerts that are known, the last and broken one too', () => {
    const from = start;
    for (const days of [90, 93, 97, 98.5, 200]) {
      const to = start + days * dayMs;
      const weeks = new Set(baseInstants(from, to).map((at) => Math.floor((at - from) / (7 * dayMs))));
      const known = Array.from({ length: 400 }, (_, hour) => start + hour * 12 * hourMs).filter((at) => at + horizonMs <= to);
      expect(known.filter((at) => !weeks.has(Math.floor((at - from) / (7 * dayMs))))).toEqual([]);
      expect(baseInstants(from, to).every((at) => at + horizonMs <= to)).toBe(true);
    }
    expect(baseInstants(from, start + 89 * dayMs)).toEqual([]);
  });
});

describe('its summary', () => {
  const sent = [
    { alertId: 'a', customerId: 'c1', at: start, day: '2026-03-02', netValue: '10.10' },
    { alertId: 'b', customerId: 'c2', at: start + dayMs, day: '2026-03-03', netValue: '0.20' },
    { alertId: 'c', customerId: 'c1', at: start + 40 * dayMs, day: '2026-04-11', netValue: '5' },
  ];
  const suppressed = [
    { customerId: 'c3', at: start, day: '2026-03-02', reason: 'cap' as const },
    { customerId: 'c4', at: start, day: '2026-03-02', reason: 'muted' as const },
  ];

  it('has every day, what the cap kept back, and exact sums', () => {
    const days = alertsByDay({ sent, suppressed }, start, start + 50 * dayMs, shop.timeZone);
    expect(days).toMatchObject({ sent: 3, customers: 2, mostPerDay: 1, daysAtCap: 1, netValueAtStake: '15.30', meanPerDay: 0.06 });
    expect(days.perDay.length).toBe(51);
    expect(days.perDay[0]).toEqual({ day: '2026-03-02', alerts: 1, keptBack: 1 });
    expect(bySuppression({ sent, suppressed })).toEqual({ suppressed: { cap: 1 }, alreadyInside: 1 });
  });

  it('says so whatever their alerts are', () => {
    const alerts = fc.array(fc.tuple(fc.nat(3), fc.nat(300)), { maxLength: 25 });
    fc.assert(
      fc.property(alerts, alerts, (a, b) => {
        const of = (some: readonly (readonly [number, number])[]) =>
          [...some]
            .sort(([, x], [, y]) => x - y)
            .map(([customer, day]) => ({ ...(sent[0] as (typeof sent)[number]), customerId: `c${customer}`, at: start + day * dayMs }));
        const naive = new Set(a.filter(([c, day]) => b.some(([other, then]) => c === other && Math.abs(day - then) <= 30)).map(([c]) => c));
        expect(sharedCustomers(of(a), of(b))).toBe(naive.size);
      }),
    );
  });

  it('says whom two rules alert within thirty days', () => {
    const other = [{ ...sent[0], customerId: 'c1', at: start + 31 * dayMs } as (typeof sent)[number]];
    expect(sharedCustomers(sent, other)).toBe(1);
    expect(sharedCustomers(sent.slice(0, 1), other)).toBe(0);
  });
});

describe('the rules that it is tried with', () => {
  it('are the current ones with it in its place, it alone, and each that is on alone', () => {
    const body = tried({ rule: 'churn-high', capPerDay: 7, on: false });
    const { saved, alone, current } = triedRules(new RuleBook([]), body);
    expect(saved.map(({ rule }) => rule)).toEqual(['churn-high']);
    expect(JSON.parse(saved[0]?.body ?? '')).toMatchObject({ capPerDay: 7, on: true });
    expect(alone.map(({ rule }) => rule)).toEqual(['churn-high']);
    expect(current.map(({ rule }) => rule.id)).toEqual(['churn-high']);
    const another = triedRules(new RuleBook([]), tried());
    expect(another.saved.map(({ rule }) => rule)).toEqual(['churn-high', 'tried']);
    expect(another.alone.map(({ rule, body: said }) => `${rule} ${(JSON.parse(said) as { on: boolean }).on}`)).toEqual([
      'churn-high false',
      'tried true',
    ]);
  });

  it.each([
    [{ band: 'low' }, /low is everybody else/],
    [{ holdout: 0.6 }, /at most 0.5/],
    [{ minNetValue: '-1' }, /non-negative/],
    [{ minOrders: 0 }, /at least 1/],
    [{ quietHours: { from: '08:00', to: '08:00' } }, /whole day/],
    [{ weeks: 53 }, /at most 52/],
    [{ weeks: 0 }, /at least 1/],
  ])('are refused where a PUT refuses them: %j', (change, words) => {
    expect(() => tried(change)).toThrow(words);
  });
});

it('remembers the scores of the last stretch only for the same shop, model and weeks', () => {
  const memory = new ScoreMemory();
  const kept = { shop: 'demo', model: 'm', weeks: 26, from: 0, to: 1, positions: [], scores: [], sentBy: new Map() };
  memory.keep(kept);
  expect(memory.find(kept)).toBe(kept);
  for (const other of [{ shop: 'x' }, { model: 'x' }, { weeks: 4 }]) expect(memory.find({ ...kept, ...other })).toBeUndefined();
  memory.forget();
  expect(memory.find(kept)).toBeUndefined();
});
