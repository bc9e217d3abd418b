import type { StandingDelivery } from '#warehouse';
import { describe, expect, it } from 'vitest';
import { ChannelBook, type ChannelRevision } from '../channels/channel-book.js';
import { afterAttempt } from '../outbox/life.js';
import { Backlog, slotsPerChannel } from './backlog.js';

const now = Date.parse('2026-03-02T12:00:00Z');
const waiting = (id: string, change: Partial<StandingDelivery> = {}): StandingDelivery => ({
  ...{ at: now, id, turn: 0, what: 'created', state: 'waiting', channel: 'crm', about: 'alert', subject: 'a', step: 'opened' },
  ...{ createdAt: now, triedSince: now, attempts: 0, nextAt: now, digestAt: 0, by: '', detail: '' },
  ...change,
});
function channels(...changes: object[]): ChannelRevision[] {
  return new ChannelBook(
    changes.map((change, index) => ({
      ...{ channel: ['crm', 'other'][index] ?? 'x', revision: 1, by: 'spec', writtenAt: now },
      body: JSON.stringify({ kind: 'webhook', name: 'n', url: 'https://crm.example.org/', secret: 's', revision: 0, ...change }),
    })),
  ).newest();
}
const ids = (bundles: ReturnType<Backlog['due']>): string[][] => bundles.map(({ deliveries }) => deliveries.map(({ id }) => id));

describe('what is due', () => {
  it('goes out once at a time, so many per channel: one that hangs holds up no other', () => {
    const backlog = new Backlog();
    backlog.take(Array.from({ length: 9 }, (_, index) => waiting(`a${index}`)));
    backlog.take([waiting('b0', { channel: 'other' })]);
    const first = backlog.due(channels({}, {}), now, null);
    expect(ids(first)).toEqual([['a0'], ['a1'], ['a2'], ['a3'], ['b0']]);
    expect(backlog.due(channels({}, {}), now, null)).toEqual([]);
    if (first[0]) backlog.answered(first[0]);
    // Its slot is free, and it is not sent again before it is known what came of it.
    expect(ids(backlog.due(channels({}, {}), now, null))).toEqual([['a4']]);
    if (first[0]) backlog.back(first[0]);
    if (first[1]) backlog.answered(first[1]);
    // It came back without a word in the store: it is due again, and nothing else has a slot.
    expect(ids(backlog.due(channels({}, {}), now, null))).toEqual([['a0']]);
    expect(slotsPerChannel).toBe(4);
  });

  it('waits for its instant, and while its channel is off', () => {
    const backlog = new Backlog();
    backlog.take([waiting('a', { nextAt: now + 1 })]);
    expect(ids(backlog.due(channels({}), now, null))).toEqual([]);
    expect(backlog.nextAt(now)).toBe(now + 1);
    expect(ids(backlog.due(channels({ on: false }), now + 1, null))).toEqual([]);
    expect(ids(backlog.due(channels({}), now + 1, null))).toEqual([['a']]);
  });

  it('is not sent again when it was taken while the store was asked, which still knows it as waiting', () => {
    const backlog = new Backlog();
    const [one] = [waiting('a')];
    backlog.take([one]);
    backlog.asks();
    const [bundle] = backlog.due(channels({}), now, null);
    backlog.take([afterAttempt(one, { taken: true, detail: '200' }, now + 3, 0)]);
    if (bundle) backlog.back(bundle);
    backlog.take([one]);
    backlog.fill([one], 5);
    expect(ids(backlog.due(channels({}), now, null))).toEqual([]);
  });

  it('is forgotten once it was taken, though its beginning is read again', () => {
    const backlog = new Backlog();
    const [one] = [waiting('a')];
    const taken = afterAttempt(one, { taken: true, detail: '200' }, now + 3, 0);
    backlog.take([one]);
    backlog.take([taken, one]);
    expect(backlog.size).toBe(0);
    backlog.take([one, taken]);
    expect(backlog.size).toBe(0);
  });

  it('of a digest goes out together when the shop’s clock has come to its hour; alarms wait for none', () => {
    const digest = channels({ kind: 'mail', url: undefined, secret: undefined, to: ['a@example.org'], mode: 'digest' });
    const backlog = new Backlog();
    backlog.take([
      waiting('b', { digestAt: now + 10 }),
      waiting('a', { digestAt: now + 10 }),
      waiting('later', { digestAt: now + 20 }),
      waiting('alarm', { about: 'alarm' }),
    ]);
    expect(ids(backlog.due(digest, now, now + 9))).toEqual([['alarm']]);
    expect(ids(backlog.due(digest, now, null))).toEqual([]);
    expect(ids(backlog.due(digest, now, now + 10))).toEqual([['a', 'b']]);
    expect(ids(backlog.due(digest, now, now + 99))).toEqual([['later']]);
  });

  it('is kept in memory up to a bound per channel, which hides no other one; the rest is asked for when there is room', () => {
    const backlog = new Backlog(4);
    backlog.fill(
      [1, 2, 3, 4].map((each) => waiting(`a${each}`)),
      4,
    );
    backlog.take([waiting('a5'), waiting('b1', { channel: 'other' })]);
    expect([backlog.size, backlog.wantsMore]).toEqual([5, false]);
    expect(ids(backlog.due(channels({ on: false }, {}), now, null))).toEqual([['b1']]);
    backlog.take([1, 2, 3].map((each) => afterAttempt(waiting(`a${each}`), { taken: true, detail: '' }, now, 0)));
    expect([backlog.size, backlog.wantsMore]).toEqual([2, true]);
    backlog.fill([waiting('a4'), waiting('a5')], 4);
    expect([backlog.size, backlog.wantsMore]).toEqual([3, false]);
  });
});
