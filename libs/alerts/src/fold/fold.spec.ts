import type { AlertLogRow } from '#warehouse';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from './alert.js';
import { defaultRule } from '../rules/rules.js';
import { capShare } from './cap.js';
import { alertIdOf, holdoutPlace } from './ids.js';
import type { AlertMessage } from './message.js';
import { aRule, commanded, dayMs, foldInBatches, hourMs, iso, scored, start, surroundings } from './scripted.js';

/** What happened, without what is only remembered. */
const told = (rows: readonly AlertLogRow[]): string[] =>
  rows
    .filter(({ kind }) => kind !== 'customer')
    .map(({ at, kind, customerId, what, by }) => `${iso(at)} ${customerId} ${kind} ${what}${by && ` by ${by}`}`);
const one = (...messages: AlertMessage[]) => [messages];
const idOf = (customer: string, at: number, rule = 'rule'): string => alertIdOf('demo', customer, rule, at);
const acknowledge = (at: number, by: string, alertId = idOf('c', start), eventId = `ack-${by}`): AlertMessage =>
  commanded(at, eventId, { command: 'acknowledge', alertId, customerId: 'c', by });

describe('an alert', () => {
  const around = surroundings({ rules: [aRule()] });

  it('opens when the customer enters the band, recovers below it, and opens again after the cool-down', () => {
    const rows = foldInBatches(
      one(
        scored('c', start, 'high'),
        scored('c', start + dayMs, 'high', { cause: 'model' }),
        scored('c', start + 2 * dayMs, 'medium'),
        scored('c', start + 3 * dayMs, 'high'),
        scored('c', start + 4 * dayMs, 'low'),
        scored('c', start + 30 * dayMs, 'high'),
      ),
      around,
    );
    expect(told(rows)).toEqual([
      '2026-03-02T12:00:00.000Z c alert opened',
      '2026-03-04T12:00:00.000Z c alert recovered',
      '2026-03-05T12:00:00.000Z c suppressed cool-down',
      '2026-04-01T12:00:00.000Z c alert opened',
    ]);
    expect(rows[0]).toMatchObject({ state: 'open', netValue: '120.50', probability: 0.8, ruleRevision: 1, day: '2026-03-02' });
  });

  it('ends without a word to channels where a history that was loaded says that the customer had bought', () => {
    const past = scored('c', start, 'low', { muted: true });
    const [, ended] = foldInBatches([[scored('c', start, 'high')], [{ ...past, eventId: 'past' } as AlertMessage]], around).filter(
      ({ kind }) => kind === 'alert',
    );
    expect(ended).toMatchObject({
      ...{ what: 'recovered', state: 'recovered' },
      detail: "The customer's risk is low again. A history that was loaded says so: channels are not told.",
    });
    expect(JSON.parse(ended?.body ?? '')).toMatchObject({ muted: true });
    const [, live] = foldInBatches([[scored('c', start, 'high'), scored('c', start + 1, 'low')]], around).filter(
      ({ kind }) => kind === 'alert',
    );
    expect(JSON.parse(live?.body ?? '')).not.toHaveProperty('muted');
  });

  it('expires at its own instant, whether a tick, a score or a command comes next', () => {
    const due = start + 30 * dayMs;
    const opened = scored('c', start, 'high');
    const tick: AlertMessage = {
      kind: 'due',
      eventId: 'tick',
      due: { alertId: idOf('c', start), customerId: 'c', due: 'expiry', at: iso(due) },
    };
    for (const next of [tick, scored('c', due + hourMs, 'low'), acknowledge(due + hourMs, 'ann')]) {
      expect(told(foldInBatches([[opened], [next, tick]], around)).slice(0, 2)).toEqual([
        `${iso(start)} c alert opened`,
        `${iso(due)} c alert expired`,
      ]);
    }
  });

  it('is acknowledged once: the second one is told by whom and when', () => {
    const rows = foldInBatches(
      one(scored('c', start, 'high'), acknowledge(start + hourMs, 'ann'), acknowledge(start + 2 * hourMs, 'bob')),
      around,
    );
    expect(told(rows).slice(1)).toEqual([
      '2026-03-02T13:00:00.000Z c alert acknowledged by ann',
      '2026-03-02T14:00:00.000Z c refused already-acknowledged by bob',
    ]);
    expect(rows.at(-1)?.detail).toBe('Already acknowledged by ann at 2026-03-02T13:00:00.000Z. Assign it or comment on it instead.');
  });

  it('does not hear a command twice, nor a score that is delivered again', () => {
    const messages = [scored('c', start, 'high'), acknowledge(start + hourMs, 'ann'), scored('c', start + dayMs, 'low')];
    expect(told(foldInBatches([messages, messages], around))).toEqual(told(foldInBatches([messages], around)));
  });

  it('says that it is over, and still lets itself be rated', () => {
    const rate = (useful: boolean): AlertMessage =>
      commanded(start + 3 * dayMs, `rate-${useful}`, { command: 'rate', alertId: idOf('c', start), customerId: 'c', by: 'ann', useful });
    const act = commanded(start + 3 * dayMs, 'act', {
      command: 'act',
      alertId: idOf('c', start),
      customerId: 'c',
      by: 'ann',
      action: 'call',
    });
    const rows = foldInBatches([[scored('c', start, 'high')], [scored('c', start + dayMs, 'low')], [act, rate(false)]], around);
    expect(told(rows).slice(2)).toEqual([
      '2026-03-05T12:00:00.000Z c refused alert-over by ann',
      '2026-03-05T12:00:00.000Z c alert rated by ann',
    ]);
    expect(JSON.parse(rows.at(-1)?.body ?? '')).toMatchObject({ state: 'recovered', rated: { by: 'ann', useful: false } });
  });

  it('sleeps until a snooze ends, and refuses one that has ended already', () => {
    const snooze = (until: number, eventId: string): AlertMessage =>
      commanded(start + hourMs, eventId, { command: 'snooze', alertId: idOf('c', start), customerId: 'c', by: 'ann', until: iso(until) });
    const rows = foldInBatches(
      one(scored('c', start, 'high'), snooze(start, 'past'), snooze(start + dayMs, 'tomorrow'), acknowledge(start + 2 * dayMs, 'ann')),
      around,
    );
    expect(told(rows).slice(1)).toEqual([
      `${iso(start + hourMs)} c refused snooze-past by ann`,
      `${iso(start + hourMs)} c alert snoozed by ann`,
      `${iso(start + dayMs)} c alert woken`,
      `${iso(start + 2 * dayMs)} c alert acknowledged by ann`,
    ]);
  });

  it('refuses a snooze that would not end before the alert: it would never be heard of again', () => {
    const end = start + 30 * dayMs;
    const snooze = (at: number, until: number): AlertMessage =>
      commanded(at, `to-${until}`, { command: 'snooze', alertId: idOf('c', start), customerId: 'c', by: 'ann', until: iso(until) });
    const rows = foldInBatches(
      one(
        scored('c', start, 'high'),
        snooze(start + 20 * dayMs, end + 4 * dayMs),
        snooze(start + 20 * dayMs, end),
        snooze(start + 20 * dayMs, end - 1),
        // What is over is called so, whatever it is told.
        snooze(end, end + dayMs),
      ),
      around,
    );
    expect(told(rows).slice(1)).toEqual([
      `${iso(start + 20 * dayMs)} c refused snooze-too-long by ann`,
      `${iso(start + 20 * dayMs)} c refused snooze-too-long by ann`,
      `${iso(start + 20 * dayMs)} c alert snoozed by ann`,
      `${iso(end - 1)} c alert woken`,
      `${iso(end)} c alert expired`,
      `${iso(end)} c refused alert-over by ann`,
    ]);
    expect(rows[2]?.detail).toBe(
      '2026-04-05T12:00:00.000Z is not before 2026-04-01T12:00:00.000Z, when the alert expires. Name an earlier instant.',
    );
  });

  it('is unknown under another id, or as another customer’s', () => {
    const rows = foldInBatches(
      one(
        scored('d', start, 'high'),
        acknowledge(start, 'ann', 'nothing'),
        acknowledge(start, 'ann', idOf('d', start)),
        scored('c', start, 'low'),
      ),
      around,
    );
    expect(told(rows).slice(1)).toEqual([`${iso(start)} c refused alert-unknown by ann`, `${iso(start)} c refused alert-unknown by ann`]);
  });
});

describe('an alert is not sent', () => {
  const reasonOf = (messages: readonly AlertMessage[], world: Parameters<typeof surroundings>[0]): (string | undefined)[] =>
    foldInBatches([messages], surroundings(world))
      .filter(({ kind }) => kind === 'suppressed' || kind === 'alert')
      .map(({ what }) => what);
  const high = scored('c', start, 'high');

  it.each([
    ['muted', { rules: [aRule({ minOrders: 9 })] }, scored('c', start, 'high', { muted: true })],
    ['thin-data', { rules: [aRule({ minOrders: 4, minNetValue: '999' })] }, high],
    ['below-value', { rules: [aRule({ minNetValue: '120.500001' })], facts: { consent: false } }, high],
    ['consent', { rules: [aRule({ quietHours: { from: '11:00', to: '13:00' } })], facts: { consent: false } }, high],
    ['consent', { rules: [aRule({ consent: 'required' })] }, high],
    ['quiet-hours', { rules: [aRule({ quietHours: { from: '11:00', to: '13:00' }, holdout: 1 })] }, high],
    [
      'quiet-hours',
      { rules: [aRule({ quietHours: { from: '22:00', to: '07:00' } })], zone: 'Asia/Tokyo' },
      scored('c', start + hourMs * 2, 'high'),
    ],
    ['holdout', { rules: [aRule({ holdout: 1 })] }, high],
    [
      'opened',
      {
        rules: [aRule({ minOrders: 3, minNetValue: '120.5', consent: 'required', quietHours: { from: '13:00', to: '12:00' } })],
        facts: { consent: true },
      },
      high,
    ],
  ] as const)('%s', (reason, world, message) => {
    expect(reasonOf([message], world)).toEqual([reason]);
  });

  it('by the rule that a shop has from the start, of somebody who has bought once', () => {
    const world = { rules: [{ ...defaultRule, holdout: 0 }] };
    expect(reasonOf([scored('c', start, 'high', { orders: 1 })], world)).toEqual(['thin-data']);
    expect(reasonOf([scored('c', start, 'high', { orders: 2 })], world)).toEqual(['opened']);
  });

  it('while another rule has one open, of which the customer need not hear twice', () => {
    const rules = [aRule({ id: 'a', band: 'medium' }), aRule({ id: 'b' })];
    expect(reasonOf([scored('c', start, 'medium'), scored('c', start + hourMs, 'high')], { rules })).toEqual(['opened', 'duplicate']);
  });

  it('while another rule leaves the customer alone: as long as the alert that was held back would have stood in the way', () => {
    const rules = [aRule({ id: 'a', holdout: 1, cooldownDays: 0, expireDays: 30 }), aRule({ id: 'b', band: 'medium', cooldownDays: 0 })];
    const day = (number: number, band: 'low' | 'medium' | 'high') => scored('c', start + number * dayMs, band);
    // Over by recovery, which is below high; then by its time, while the customer stays.
    const rows = foldInBatches(
      [[day(0, 'high')], [day(1, 'low'), day(2, 'medium')], [day(3, 'low'), day(4, 'high')], [day(33, 'high'), day(34, 'low')]],
      surroundings({ rules }),
      () => true,
    );
    const said = rows.filter(({ kind }) => kind !== 'customer').map(({ rule, what }) => `${rule} ${what}`);
    expect(said).toEqual(['a holdout', 'b held-out-elsewhere', 'b opened', 'b recovered', 'a holdout', 'b held-out-elsewhere']);
    expect(rows.find(({ what }) => what === 'held-out-elsewhere')?.detail).toBe(
      'a leaves the customer alone, to know what its alerts bring.',
    );
    // A rule that comes to know of the customer later: before the time of the alert that was not sent is over, and after.
    for (const [number, what] of [
      [29, 'held-out-elsewhere'],
      [30, 'opened'],
    ] as const) {
      const late = [rules[0] ?? aRule(), aRule({ id: 'b', band: 'medium', from: start + dayMs })];
      expect(reasonOf([day(0, 'high'), day(number, 'high')], { rules: late })).toEqual(['holdout', what]);
    }
  });

  it('beyond the cap of a local day; who is held out takes a place of it', () => {
    const rules = [aRule({ capPerDay: 2, holdout: 0.5 })];
    const customers = Array.from({ length: 40 }, (_, index) => `c${index}`);
    const held = customers.filter((id) => holdoutPlace('demo', 'rule', id) < 0.5);
    expect(held.length).toBeGreaterThan(10);
    const evening = Date.parse('2026-03-02T14:59:00Z');
    const messages = (at: number) => customers.map((id) => scored(id, at, 'high'));
    const low = customers.map((id) => scored(id, evening + 30_000, 'low'));
    const reasons = reasonOf([...messages(evening), ...low, ...messages(evening + 60_000)], { rules, zone: 'Asia/Tokyo' });
    const decided = reasons.filter((each) => each === 'opened' || each === 'holdout');
    // Two of the second of March, and two of the third, which has begun in Tokyo.
    expect(decided).toHaveLength(4);
    expect(reasons.slice(0, 40).filter((each) => each === 'cap')).toHaveLength(38);
  });

  it('to customers the rule is not about: nothing is written of them', () => {
    expect(
      reasonOf([high], {
        rules: [aRule({ channel: 'ads' }), aRule({ id: 'other', segment: 'Lost' }), aRule({ id: 'off', from: start + 1 })],
      }),
    ).toEqual([]);
    expect(reasonOf([high], { rules: [aRule({ channel: 'ads', segment: 'Lost' })], facts: { channel: 'ads', segment: 'Lost' } })).toEqual([
      'opened',
    ]);
  });
});

it('deals a cap out whole, whatever the number of partitions', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 9 }), fc.string(), (cap, partitions, day) => {
      const shares = Array.from({ length: partitions }, (_, partition) =>
        capShare({ shop: 's', rule: 'r', day, cap, partition, partitions }),
      );
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(cap);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }),
  );
});

describe('two folds of the same messages', () => {
  const partitions = 4;
  const rules = [
    aRule({ id: 'high', capPerDay: 4, holdout: 0.2, expireDays: 3, cooldownDays: 1 }),
    aRule({
      id: 'medium',
      band: 'medium',
      minOrders: 2,
      quietHours: { from: '22:00', to: '06:00' },
      from: start + 2 * hourMs,
      capPerDay: 6,
      cooldownDays: 0,
      holdout: 0.1,
    }),
  ];
  const around = surroundings({ rules, zone: 'Europe/London', partitions });
  const step = fc.record({
    customer: fc.integer({ min: 0, max: 7 }),
    minutes: fc.integer({ min: 0, max: 120 }),
    band: fc.constantFrom('low', 'medium', 'high'),
    orders: fc.integer({ min: 1, max: 4 }),
    muted: fc.boolean(),
    command: fc.constantFrom(
      undefined,
      undefined,
      undefined,
      undefined,
      'acknowledge',
      'acknowledge',
      'act',
      'act',
      'snooze',
      'comment',
      'due',
      'early',
      'twice',
    ),
  });

  /** Messages of each partition: scores in the order of their instants, commands on alerts that may be there, some delivered twice. */
  function messagesOf(steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]): AlertMessage[][] {
    const perPartition: AlertMessage[][] = Array.from({ length: partitions }, () => []);
    /** When a customer entered a band last, by band, and the band of the last score: where an alert may have opened. */
    const entered = new Map<string, number>();
    const bands = new Map<string, string>();
    let at = start;
    for (const [index, each] of steps.entries()) {
      at += each.minutes * 60_000;
      const customerId = `c${each.customer}`;
      const rule = index % 4 === 0 ? 'high' : 'medium';
      const alertId = idOf(customerId, entered.get(`${customerId} ${rule}`) ?? 0, rule);
      const said = { alertId, customerId, by: `p${index % 3}` };
      const into = perPartition[each.customer % partitions] ?? [];
      if (each.command === 'acknowledge') into.push(commanded(at, `e${index}`, { command: 'acknowledge', ...said }));
      else if (each.command === 'act') into.push(commanded(at, `e${index}`, { command: 'act', action: 'call', ...said }));
      else if (each.command === 'snooze')
        into.push(commanded(at, `e${index}`, { command: 'snooze', until: iso(at + 40 * 60_000), ...said }));
      else if (each.command === 'comment') into.push(commanded(at, `e${index}`, { command: 'comment', text: 'hm', ...said }));
      else if (each.command === 'due')
        into.push({ kind: 'due', eventId: `e${index}`, due: { alertId, customerId, due: 'expiry', at: iso(at) } });
      // One that comes late: it was decided before others that came.
      else if (each.command === 'early') into.push(scored(customerId, at - each.minutes * 60_000 - 1, each.band));
      else if (each.command === 'twice' && into.length > 0) into.push(...into.slice(-3));
      else {
        into.push(scored(customerId, at, each.band, { orders: each.orders, muted: each.muted && index < 5 }));
        const before = bands.get(customerId) ?? 'low';
        if (each.band !== 'low' && before === 'low') entered.set(`${customerId} medium`, at);
        if (each.band === 'high' && before !== 'high') entered.set(`${customerId} high`, at);
        bands.set(customerId, each.band);
      }
    }
    return perPartition;
  }

  /** All rows in the order in which two runs are compared: by instant and customer, then by their place in the customer's own partition. */
  function inOrder(rows: readonly AlertLogRow[]): string[] {
    return [...rows]
      .sort(
        (a, b) =>
          a.at - b.at ||
          (a.customerId < b.customerId ? -1 : a.customerId > b.customerId ? 1 : 0) ||
          Number(a.offset - b.offset) ||
          a.step - b.step,
      )
      .map((row) => JSON.stringify({ ...row, offset: String(row.offset), sent: '' }));
  }

  function cut(messages: readonly AlertMessage[], borders: readonly number[]): AlertMessage[][] {
    const batches: AlertMessage[][] = [];
    for (let begin = 0, turn = 0; begin < messages.length; turn += 1) {
      const size = borders[turn % borders.length] ?? 1;
      batches.push(messages.slice(begin, begin + size));
      begin += size;
    }
    return batches;
  }

  it('give the same rows, wherever batches end and however often the state was stored and read again', () => {
    let [opened, capped, refused] = [0, 0, 0];
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 80, maxLength: 160 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 9 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
        (steps, borders, agains) => {
          const messages = messagesOf(steps);
          const whole = messages.flatMap((each, partition) => foldInBatches([each], around, () => false, partition));
          const inParts = messages.flatMap((each, partition) =>
            foldInBatches(cut(each, borders), around, (batch) => agains[batch % agains.length] ?? false, partition),
          );
          expect(inOrder(inParts)).toEqual(inOrder(whole));
          // Never two alerts of one id, never a step after the end that is not a word about it.
          const openings = whole.filter(({ kind, what }) => kind === 'alert' && what === 'opened').map(({ alertId }) => alertId);
          expect(new Set(openings).size).toBe(openings.length);
          opened += openings.length;
          capped += whole.filter(({ what }) => what === 'cap').length;
          refused += whole.filter(({ kind, what }) => kind === 'refused' && what !== 'alert-unknown').length;
        },
      ),
      { numRuns: 150 },
    );
    // It was about something.
    expect(Math.min(opened, capped, refused)).toBeGreaterThan(100);
  });

  it('differ in nothing but the alert, where a rule leaves everybody alone and where it leaves nobody', () => {
    /** Decisions of every rule; what only an alert has afterwards, and what it is called that one stands in the way, left aside. */
    const decisionsOf = (holdout: number, messages: readonly AlertMessage[][]): string[] => {
      const compared = [aRule({ id: 'high', cooldownDays: 1, expireDays: 1, capPerDay: 4, holdout }), ...rules.slice(1), others];
      return messages
        .flatMap((each, partition) => foldInBatches([each], surroundings({ rules: compared, partitions }), () => false, partition))
        .filter(({ kind, what, rule }) => kind === 'suppressed' || (kind === 'alert' && (rule !== 'high' || what === 'opened')))
        .map(({ rule, what, ...row }) => {
          const alike = { holdout: rule === 'high' ? 'opened' : what, 'held-out-elsewhere': 'duplicate' }[what] ?? what;
          return `${iso(row.at)} ${row.customerId} ${rule} ${alike}`;
        });
    };
    const others = aRule({ id: 'other', band: 'medium', cooldownDays: 0, expireDays: 2, holdout: 0.3 });
    let kept = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 80, maxLength: 160 }), (steps) => {
        const scores = messagesOf(steps).map((each) => each.filter(({ kind }) => kind === 'scored'));
        const [everybody, nobody] = [decisionsOf(1, scores), decisionsOf(0, scores)];
        expect(everybody).toEqual(nobody);
        kept += nobody.filter((each) => each.endsWith('duplicate')).length;
      }),
      { numRuns: 50 },
    );
    expect(kept).toBeGreaterThan(100);
  });

  it('keep each alert within its table', () => {
    const endsOnce = (rows: readonly AlertLogRow[]): boolean => {
      const ended = new Set<string>();
      return rows.every(({ kind, what, alertId, body }) => {
        if (kind !== 'alert') return true;
        if (ended.has(alertId) && what !== 'commented' && what !== 'rated') return false;
        const { state, decidedAt, movedAt } = JSON.parse(body) as Alert;
        if (state === 'recovered' || state === 'expired') ended.add(alertId);
        return decidedAt <= movedAt;
      });
    };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) =>
        messagesOf(steps).every((each) => endsOnce(foldInBatches([each], around))),
      ),
    );
  });
});
