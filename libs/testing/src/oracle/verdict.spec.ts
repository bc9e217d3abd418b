import { describe, expect, it } from 'vitest';
import { aCampaignDay, anOrder, aReturn, aStockCount, aTick } from '../builders/index.js';
import { judge, ledgerConsumers } from '#ingestion';
import { arrivals, poison, seededShop } from '../scenarios/index.js';
import { verdictOn } from './verdict.js';
import { verdictReasons, type OracleMessage } from './index.js';

const shop = { currency: 'GBP' };
const verdict = (message: OracleMessage): string => {
  const found = verdictOn(message, shop);
  return found.accepted ? 'accepted' : found.reason;
};

it.each(poison('GBP'))('$reason: $what', ({ reason, message }) => {
  expect(verdict(message)).toBe(reason);
});

it('the poison has every reason', () => {
  expect(new Set(poison('GBP').map(({ reason }) => reason))).toEqual(new Set(verdictReasons));
});

it('bytes that are no UTF-8, and no value at all', () => {
  expect(verdict({ topic: 'transactions.v1', value: Buffer.from([0x7b, 0xff, 0x7d]) })).toBe('not-json');
  expect(verdict({ topic: 'transactions.v1', value: null })).toBe('not-json');
});

it('lets pass what is just within the rules', () => {
  expect(verdict(anOrder({}, { recordedtime: '2024-01-10T09:55:00Z' }))).toBe('accepted');
  expect(verdict(aTick({}, { subject: 'anything' }))).toBe('accepted');
  expect(verdict(aCampaignDay())).toBe('accepted');
  expect(verdict(aStockCount({ units: null }))).toBe('accepted');
  expect(verdict(aReturn({ status: 'requested' }))).toBe('accepted');
});

describe('the first rule broken is the reason', () => {
  it('asks in the declared order', () => {
    const bad = anOrder({ currency: 'EUR' }, { subject: 'another', recordedtime: '2024-01-01T00:00:00Z' });
    expect(verdict(bad)).toBe('subject-mismatch');
    expect(verdict(anOrder({ currency: 'EUR' }, { recordedtime: '2024-01-01T00:00:00Z' }))).toBe('other-currency');
    expect(verdict({ ...bad, topic: 'returns.v1' })).toBe('wrong-topic');
  });
});

it("agrees with the product's own judge on every message of a seeded shop", () => {
  const messages = arrivals(5, seededShop(5).messages, { duplicate: 0.3 });
  const judged = messages
    .map(({ topic, value }) => judge(ledgerConsumers[topic], topic, Buffer.from(value), shop))
    .map((each) => (each.verdict === 'accepted' ? 'accepted' : each.reason));
  expect(messages.map(verdict)).toEqual(judged);
});
