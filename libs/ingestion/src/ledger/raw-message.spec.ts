import { aCustomer, poison, seededShop } from '#testing';
import { describe, expect, it } from 'vitest';
import { ledgerConsumers } from '../ledger-consumers.js';
import { judge } from './judge.js';
import { messageOf } from './raw-message.js';

const shop = { currency: 'GBP' };
const judged = (value: Buffer | null, topic: 'customers.v1' | 'transactions.v1' = 'customers.v1') =>
  judge(ledgerConsumers[topic], topic, value, shop);
const valid = aCustomer({ customerId: 'c1', name: 'Łódź' }).value;

describe('a message made again of its ledger row', () => {
  it.each([
    ['an event', Buffer.from(valid)],
    ['nothing', null],
    ['an empty message', Buffer.alloc(0)],
    ['an event behind a byte order mark', Buffer.from(`\uFEFF${valid}`)],
    ['an event behind two of them', Buffer.from(`\uFEFF\uFEFF${valid}`)],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x7b])],
    ['a text that looks like kept bytes, of an event', Buffer.from(`base64:${Buffer.from(valid).toString('base64')}`)],
    ['a text that looks like kept bytes, of nothing', Buffer.from('base64:')],
    ['a text that looks like kept bytes, of bytes', Buffer.from('base64:/w==')],
    ['a text with a NUL', Buffer.from('{"a":"\0"}')],
  ])('%s gets the same verdict', (_, value) => {
    const first = judged(value);
    expect(judged(messageOf(first.payload))).toEqual(first);
  });

  it('gets the same verdict whatever the seeded shop and its poison send', () => {
    for (const { topic, value } of [...seededShop(3).messages, ...poison('GBP').map(({ message }) => message)]) {
      const again = (bytes: Buffer | null) => judge(ledgerConsumers[topic], topic, bytes, shop);
      const first = again(Buffer.from(value));
      expect(again(messageOf(first.payload))).toEqual(first);
    }
  });
});

describe('a dead letter', () => {
  it('knows when it was known, where its envelope can be read', () => {
    const wrong = judged(Buffer.from(valid.replace('"customerId":"c1"', '"customerId":""')));
    expect(wrong).toMatchObject({ verdict: 'rejected', reason: 'invalid-data', recordedTime: '2024-01-10 10:00:00' });
    expect(judged(Buffer.from('{'))).toMatchObject({ verdict: 'rejected', reason: 'not-json', recordedTime: undefined });
  });
});
