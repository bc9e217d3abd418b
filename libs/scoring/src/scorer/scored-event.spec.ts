import { customerScored } from '#contracts';
import type { ScoreDecision } from '#warehouse';
import { expect, it } from 'vitest';
import { scoredEvent, scoredEventId } from './scored-event.js';

const decision: ScoreDecision = {
  customerId: 'c-1',
  decidedAt: Date.parse('2024-05-06T07:08:09.010Z'),
  model: 'churn-seed-1a2b3c4d',
  cause: 'silence',
  probability: Math.fround(0.7123),
  band: 'high',
  previousBand: 'none',
  orders: 3,
  stake: '12.5',
  reasons: ['92 days since the last order', 'x'.repeat(600), 'c', 'd'],
  nextCrossing: undefined,
  muted: false,
};

it('is what the contract says, keyed by customer', () => {
  const { key, value } = scoredEvent({ shop: 'demo' }, decision);
  const { data, ...envelope } = customerScored.parse(JSON.parse(value));
  expect(key).toBe('c-1');
  expect(envelope).toMatchObject({ subject: 'c-1', time: '2024-05-06T07:08:09.010Z', recordedtime: '2024-05-06T07:08:09.010Z' });
  expect(data).toMatchObject({ kind: 'churn', previousBand: null, netValueAtStake: '12.5', probability: Math.fround(0.7123) });
  expect(data.reasons.map(({ length }) => length)).toEqual([28, 500, 1]);
});

it('has an id of shop, customer, model, instant and band, and of nothing else', () => {
  const id = scoredEventId('demo', decision);
  expect(scoredEventId('demo', { ...decision, probability: 0.9, muted: true, cause: 'event', reasons: [] })).toBe(id);
  const others = [
    scoredEventId('demo2', decision),
    scoredEventId('demo', { ...decision, customerId: 'c-2' }),
    scoredEventId('demo', { ...decision, model: 'churn-seed-1a2b3c4e' }),
    scoredEventId('demo', { ...decision, decidedAt: decision.decidedAt + 1 }),
    scoredEventId('demo', { ...decision, band: 'low' }),
    // The same letters, cut elsewhere.
    scoredEventId('democ', { ...decision, customerId: '-1' }),
  ];
  expect(new Set([id, ...others]).size).toBe(7);
});

it('tells of nobody without a score', () => {
  expect(() => scoredEvent({ shop: 'demo' }, { ...decision, band: 'none' })).toThrow(TypeError);
});
