import { Zone } from '#clock';
import { deliveryMessage } from '#contracts';
import type { AlertLogStep, Shop, StoredChannel } from '#warehouse';
import { describe, expect, it } from 'vitest';
import { ChannelBook } from '../channels/channel-book.js';
import { nextDigest } from './digest.js';
import { deliveriesOfAlarm, deliveriesOfAlerts } from './occasions.js';

const now = Date.parse('2026-03-02T12:00:00Z');
const shop: Shop = {
  shop: 'demo',
  database: 'shop_demo',
  timeZone: 'Europe/London',
  currency: 'GBP',
  fiscalYearStart: 1,
  clockMode: 'wall',
};

function channel(id: string, change: object = {}, revision = 1, writtenAt = now - 1_000): StoredChannel {
  const body = { kind: 'webhook', name: id, url: 'https://crm.example.org/hook', secret: 'crm', revision, ...change };
  return { channel: id, revision, writtenAt, by: 'spec', body: JSON.stringify(body) };
}

function logged(what: string, change: Partial<AlertLogStep> = {}): AlertLogStep {
  const alert = {
    alertId: 'a1',
    customerId: 'c1',
    rule: 'churn-high',
    state: 'open',
    band: 'high',
    model: 'm',
    probability: 0.8,
    orders: 4,
  };
  const body = JSON.stringify({ ...alert, netValueAtStake: '250.00', reasons: ['r'], openedAt: now, expiresAt: now + 1, heard: [] });
  return { partition: 0, epoch: 0, offset: 7n, step: 0, what, alertId: 'a1', rule: 'churn-high', at: now, writtenAt: now, body, ...change };
}

const told = (steps: readonly AlertLogStep[], channels: readonly StoredChannel[], clock: number | null = now) =>
  deliveriesOfAlerts(steps, { shop, channels: new ChannelBook(channels), clock, now });

describe('a step of an alert', () => {
  it('is one delivery per channel, with a key that hangs on nothing but what happened', () => {
    const rows = told([logged('opened')], [channel('crm'), channel('other')]);
    expect(rows.map(({ channel: id, step, state, turn }) => [id, step, state, turn])).toEqual([
      ['crm', 'opened', 'waiting', 0],
      ['other', 'opened', 'waiting', 0],
    ]);
    expect(rows[0]?.id).not.toBe(rows[1]?.id);
    // Later, read from another place, to another address: the same occasion.
    const again = told([logged('opened', { offset: 9n, writtenAt: now + 5 })], [channel('crm', { url: 'https://elsewhere.example.org/' })]);
    expect(again[0]?.id).toBe(rows[0]?.id);
    expect(told([logged('recovered')], [channel('crm', { recovered: true })])[0]?.id).not.toBe(rows[0]?.id);
    expect(deliveryMessage.parse(JSON.parse(rows[0]?.body ?? ''))).toMatchObject({
      id: rows[0]?.id,
      about: 'alert',
      alert: { currency: 'GBP' },
    });
  });

  it('goes to those who want to hear of it only', () => {
    const channels = [
      channel('all'),
      channel('both', { recovered: true }),
      channel('other', { rules: ['vip'] }),
      channel('off', { on: false }),
    ];
    expect(told([logged('opened')], channels).map(({ channel: id }) => id)).toEqual(['all', 'both']);
    expect(told([logged('recovered')], channels).map(({ channel: id }) => id)).toEqual(['both']);
    expect(
      told(
        ['acknowledged', 'expired', 'commented'].map((what) => logged(what)),
        channels,
      ),
    ).toEqual([]);
  });

  it('goes to nobody where a history that was loaded ended the alert', () => {
    const recovered = logged('recovered');
    const channels = [channel('crm', { recovered: true })];
    expect(told([recovered], channels)).toHaveLength(1);
    expect(told([{ ...recovered, body: JSON.stringify({ ...(JSON.parse(recovered.body) as object), muted: true }) }], channels)).toEqual(
      [],
    );
  });

  it('that cannot be read is listed as dead with its reason, and holds up none after it', () => {
    const broken = logged('opened', { alertId: 'a0', offset: 6n, body: '{"alertId":"a0"' });
    const lacking = logged('opened', { alertId: 'a2', offset: 8n, body: '{"alertId":"a2"}' });
    const rows = told([broken, logged('opened'), lacking], [channel('crm')]);
    expect(rows.map(({ subject, state, what, body }) => [subject, state, what, body === ''])).toEqual([
      ['a0', 'dead', 'dead', true],
      ['a1', 'waiting', 'created', false],
      ['a2', 'dead', 'dead', true],
    ]);
    expect(rows[0]?.detail).toContain('Row 0/0/6 of the alert log cannot be read');
    expect(rows[2]?.detail).toContain('customerId');
  });

  it('goes by the revision of its own moment: nothing of before a channel was put, nor of while it was off', () => {
    const channels = [channel('crm', {}, 1, now), channel('crm', { on: false }, 2, now + 10), channel('crm', {}, 3, now + 20)];
    const at = (writtenAt: number): number => told([logged('opened', { writtenAt })], channels).length;
    expect([-1, 0, 9, 10, 19, 20].map((after) => at(now + after))).toEqual([0, 1, 1, 0, 0, 1]);
  });

  it('waits for the hour of a digest by the shop’s clock, the next one after it is put in', () => {
    const mail = channel('mail', { kind: 'mail', url: undefined, secret: undefined, to: ['a@example.org'], mode: 'digest', digestHour: 8 });
    const due = (clock: number | null): string => new Date(told([logged('opened')], [mail], clock)[0]?.digestAt ?? 0).toISOString();
    expect(due(now)).toBe('2026-03-03T08:00:00.000Z');
    // That of its own day has gone out by now.
    expect(due(now + 86_400_000)).toBe('2026-03-04T08:00:00.000Z');
    expect(due(null)).toBe('2026-03-03T08:00:00.000Z');
  });
});

it('an alarm goes to channels that name its code, at once, and again under another key when it stands anew', () => {
  const alarm = { step: 'raised', code: 'gap', subject: 'transactions.v1/0', message: 'm', since: now - 9, at: now, runbook: 'r' } as const;
  const digest = { kind: 'mail', url: undefined, secret: undefined, to: ['a@example.org'], mode: 'digest', alarms: null };
  const channels = new ChannelBook([
    channel('none'),
    channel('gap', { alarms: ['gap'] }),
    channel('audit', { alarms: ['audit'] }),
    channel('all', digest),
  ]);
  const rows = deliveriesOfAlarm(alarm, { shop, channels, clock: now, now });
  expect(rows.map(({ channel: id, digestAt }) => [id, digestAt])).toEqual([
    ['gap', 0],
    ['all', 0],
  ]);
  expect(deliveriesOfAlarm({ ...alarm, at: now + 5 }, { shop, channels, clock: now, now })[0]?.id).toBe(rows[0]?.id);
  expect(deliveriesOfAlarm({ ...alarm, since: now }, { shop, channels, clock: now, now })[0]?.id).not.toBe(rows[0]?.id);
  expect(deliveriesOfAlarm({ ...alarm, step: 'cleared' }, { shop, channels, clock: now, now })).toEqual([]);
});

it.each([
  ['2026-03-02T07:59:59Z', 8, '2026-03-02T08:00:00Z'],
  ['2026-03-02T08:00:00Z', 8, '2026-03-03T08:00:00Z'],
  // Summer time: eight in the morning is seven in UTC, and half past one did not exist.
  ['2026-03-28T09:00:00Z', 8, '2026-03-29T07:00:00Z'],
  ['2026-03-29T00:30:00Z', 1, '2026-03-29T01:00:00Z'],
  ['2026-12-31T23:30:00Z', 0, '2027-01-01T00:00:00Z'],
])('after %s the hour %i comes at %s', (after, hour, at) => {
  expect(nextDigest(Date.parse(after), hour, new Zone('Europe/London'))).toBe(Date.parse(at));
});
