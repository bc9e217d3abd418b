import { aLine, anOrder, aReturn, aReturnLine, type EnvelopeChange, type TestMessage } from '../builders/index.js';
import type { Scenario } from './scenario.js';

/**
 * Two years of a shop in New York: some twenty customers and a guest, each with what makes an instant's knowledge hard: orders on one
 * local day and two of UTC, corrections that move an order in time or to somebody else, cancelled and revived, known late, returned
 * before it was known. What was known when follows from `recordedtime`.
 */
export function rhythms(): Scenario {
  const line = (productId: string | null, unitPrice: string, quantity = 1, no = 1) => aLine({ line: no, productId, unitPrice, quantity });
  /** @param known when the shop knew it, where that is not when it was ordered; a later revision also happened then */
  const order = (
    orderId: string,
    customerId: string | null,
    orderedAt: string,
    change: Parameters<typeof anOrder>[0] = {},
    known?: string,
    envelope: EnvelopeChange = {},
  ): TestMessage =>
    anOrder(
      { orderId, customerId, orderedAt: `${orderedAt}Z`, currency: 'USD', lines: [line('tea', '12.50')], ...change },
      {
        ...(known === undefined ? {} : { recordedtime: `${known}Z` }),
        ...(known === undefined || change.revision === undefined ? {} : { time: `${known}Z` }),
        ...envelope,
      },
    );
  const refund = (returnId: string, orderId: string | null, customerId: string | null, at: string, known = at, change = {}): TestMessage =>
    aReturn(
      { returnId, orderId, customerId, refundedAt: `${at}Z`, currency: 'USD', lines: [aReturnLine({ amount: '3.00' })], ...change },
      { time: `${known}Z`, recordedtime: `${known}Z` },
    );
  const monthly = Array.from({ length: 14 }, (_, month) =>
    order(`m${month}`, 'monthly', new Date(Date.UTC(2024, month, 3 + ((month * 7) % 11), 15, month)).toISOString().slice(0, 19), {
      discount: month % 3 === 0 ? '2.10' : '0',
      lines: [
        line(`p${month % 4}`, `${10 + month}.99`, 1 + (month % 3)),
        ...(month % 2 === 0 ? [{ ...line('extra', '3.333', 2, 2), discount: '0.25' }] : []),
      ],
    }),
  );

  const messages = [
    order('a1', 'once', '2024-03-05T12:00:00.250'),
    // One local day, two days of UTC; and two local days within twenty minutes.
    order('b1', 'evening', '2024-05-10T23:30:00'),
    order('b2', 'evening', '2024-05-11T01:30:00'),
    order('c1', 'midnight', '2024-05-11T03:50:00'),
    order('c2', 'midnight', '2024-05-11T04:10:00'),
    ...monthly,
    // Moved back by a month; known a month later.
    order('d1', 'moved', '2024-06-20T10:00:00'),
    order('d1', 'moved', '2024-05-20T10:00:00', { revision: 2 }, '2024-07-20T10:00:00'),
    order('d2', 'moved', '2024-08-01T10:00:00'),
    // Somebody else's all along.
    order('e1', 'giver', '2024-02-01T10:00:00'),
    order('e2', 'giver', '2024-04-01T10:00:00', { lines: [line('mug', '7.00', 3)] }),
    order('e2', 'taker', '2024-04-01T10:00:00', { revision: 2, lines: [line('mug', '7.00', 3)] }, '2024-09-01T10:00:00'),
    // Cancelled, then revived with less.
    order('f1', 'fickle', '2024-03-01T10:00:00'),
    order('f2', 'fickle', '2024-03-08T10:00:00', { lines: [line('lamp', '99.00', 2)] }),
    order(
      'f2',
      'fickle',
      '2024-03-08T10:00:00',
      { revision: 2, status: 'cancelled', lines: [line('lamp', '99.00', 2)] },
      '2024-03-20T10:00:00',
    ),
    order('f2', 'fickle', '2024-03-08T10:00:00', { revision: 3, lines: [line('lamp', '99.00', 1)] }, '2024-10-01T10:00:00'),
    // The cancellation is known before what it cancels.
    order('g1', 'undone', '2024-04-04T10:00:00', { revision: 2, status: 'cancelled' }, '2024-04-05T10:00:00'),
    order('g1', 'undone', '2024-04-04T10:00:00', {}, '2024-04-06T10:00:00'),
    // Known half a year late.
    order('h1', 'late', '2024-01-15T10:00:00'),
    order('h2', 'late', '2024-02-15T10:00:00', { lines: [line('mug', '5.00'), line('tea', '12.50', 4, 2)] }, '2024-08-15T10:00:00'),
    order('i1', 'returner', '2024-03-03T10:00:00', { lines: [line('boots', '120.00'), line('socks', '8.00', 3, 2)] }),
    order('i2', 'returner', '2024-05-03T10:00:00', { lines: [line('boots', '120.00')] }),
    refund('ri1', 'i1', 'returner', '2024-03-12T10:00:00'),
    refund('ri2', 'i2', 'returner', '2024-05-20T10:00:00', '2024-06-20T10:00:00'),
    aReturn(
      { returnId: 'ri3', status: 'requested', orderId: 'i2', customerId: 'returner', currency: 'USD', lines: [aReturnLine()] },
      { time: '2024-06-01T10:00:00Z' },
    ),
    // The refund is known before its sale; it names nobody.
    refund('rj1', 'j2', null, '2024-06-10T10:00:00'),
    order('j1', 'backwards', '2024-02-02T10:00:00'),
    order('j2', 'backwards', '2024-06-01T10:00:00', {}, '2024-07-05T10:00:00'),
    // Of an order that is cancelled afterwards, and of one that is not; then the second turns out to be another customer's.
    order('k1', 'sorry', '2024-02-10T10:00:00'),
    order('k2', 'sorry', '2024-03-10T10:00:00'),
    refund('rk1', 'k2', 'sorry', '2024-03-20T10:00:00'),
    order('k2', 'sorry', '2024-03-10T10:00:00', { revision: 2, status: 'cancelled' }, '2024-05-01T10:00:00'),
    refund('rk2', 'k1', 'sorry', '2024-04-01T10:00:00'),
    refund('rk2', 'a1', 'once', '2024-04-01T10:00:00', '2024-08-20T10:00:00', { revision: 2 }),
    refund('rl1', null, 'loose', '2024-04-20T10:00:00'),
    order('l1', 'loose', '2024-04-11T10:00:00'),
    // Nothing is known of what was bought; and something that cost nothing.
    order('n1', 'nameless', '2024-02-20T10:00:00', { lines: [line(null, '40.00'), line(null, '2.00', 2, 2)] }),
    order('n2', 'nameless', '2024-07-20T10:00:00', { lines: [line(null, '41.00')] }),
    order('o1', 'gifted', '2024-06-06T10:00:00', { lines: [line('sample', '0')] }),
    // At one instant, the later id first; the last order is the one of the higher id.
    order('q2', 'twice', '2024-09-09T10:00:00', { lines: [line('tea', '1.00'), line('mug', '2.00', 1, 2), line('pen', '3.00', 1, 3)] }),
    order('q1', 'twice', '2024-09-09T10:00:00', { lines: [line('tea', '50.00', 5)] }),
    order('q0', 'twice', '2024-08-09T10:00:00', { lines: [line('tea', '0.10', 7)] }),
    // Two contents of one revision: which wins is known when both are.
    order('s1', 'split', '2024-05-05T10:00:00', { lines: [line('tea', '20.00')] }),
    order('s1', 'split', '2024-05-05T10:00:00', { lines: [line('tea', '30.00')] }, '2024-06-05T10:00:00'),
    // Clocks that differ: ordered, or corrected, two and three minutes after the shop knew it.
    order('t1', 'ahead', '2024-10-10T10:03:00', {}, undefined, { recordedtime: '2024-10-10T10:00:00Z' }),
    order('x1', 'soon', '2024-10-10T10:02:00', {}, undefined, { time: '2024-10-10T10:00:00Z' }),
    order('u1', 'corrected', '2024-10-01T10:00:00'),
    order('u1', 'corrected', '2024-09-01T10:00:00', { revision: 2 }, '2024-10-10T10:03:00', { recordedtime: '2024-10-10T10:00:00Z' }),
    order('v1', null, '2024-06-15T10:00:00'),
    refund('rv1', 'v1', null, '2024-06-18T10:00:00'),
    order('w1', 'twin', '2023-12-31T23:59:59.999', { lines: [line('tea', '10.00'), line('tea', '10.00', 1, 2)] }),
    order('w2', 'twin', '2025-11-30T10:00:00', { lines: [line('tea', '10.00')] }),
  ];
  return { shop: { timeZone: 'America/New_York', currency: 'USD' }, messages };
}
