import { topics } from '#contracts';
import { aCampaign, aCampaignDay, aCustomer, anOrder, aProduct, aReturn, aStockCount, aTick, seededShop } from '#testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ledgerConsumers } from '../ledger-consumers.js';
import { compileCheck } from './compiled-contract.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What stands in the place of a value: of every kind, at the borders of what contracts allow. */
const strange: Json[] = [
  ...[null, true, 0, 1, -1, 1.5, 2 ** 31, 2 ** 53, 1_000_001],
  ...['', ' x', 'x ', 'a\u0007', '\ud800', 'x'.repeat(201), 'x'.repeat(501), '0', '01', '1.1234567', '1.5', '-1', '1e3', 'EUR', 'eur'],
  ...['2024-02-30T00:00:00Z', '2024-02-29T23:59:59.999Z', '2023-02-29T00:00:00Z', '2024-01-01T24:00:00Z', '2024-13-01T00:00:00Z'],
  ...['2024-01-01T00:60:00Z', '2024-00-10T00:00:00Z', '1970-12-31T23:59:59Z', '2024-01-01', '2024-02-30', 'placed', 'cancelled'],
  ...[[], ['x'], {}, { a: 1 }],
];

/** Every way in which one value of a message can be left out or be another one. */
function* changed(value: Json): Generator<Json> {
  for (const other of strange) yield other;
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) {
      for (const other of changed(inner)) yield value.map((each, at) => (at === index ? other : each));
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      yield Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
      for (const other of changed(inner)) yield { ...value, [name]: other };
    }
    yield { ...value, unknown: 'may be' };
  }
}

describe('the predicate of a contract', () => {
  it('says of every message, and of every change of one value of it, what zod says', () => {
    const { messages } = seededShop(3, { timeZone: 'UTC' });
    const whole = [
      anOrder(),
      aReturn(),
      aCustomer(),
      aProduct(),
      aCampaign(),
      aCampaignDay(),
      aStockCount(),
      aTick(),
      ...messages.slice(0, 12),
    ];
    let [taken, refused] = [0, 0];
    for (const { topic, value } of whole) {
      const message = JSON.parse(value) as { type: string };
      const contract = ledgerConsumers[topic].contracts.get(message.type);
      if (!contract) throw new Error(`No contract of ${message.type}`);
      for (const each of [message, ...changed(message)]) {
        const says = contract.schema.safeParse(each).success;
        if (contract.check(each) !== says) expect([each, contract.check(each)]).toEqual([each, says]);
        if (says) taken += 1;
        else refused += 1;
      }
    }
    // It has seen both sides, many times.
    expect(Math.min(taken, refused)).toBeGreaterThan(1_000);
  });

  it('exists for every contract of every topic', () => {
    for (const { events } of Object.values(topics)) for (const contract of events) expect(() => compileCheck(contract)).not.toThrow();
  });

  it('is not made where it could differ from zod', () => {
    expect(() => compileCheck(z.object({ a: z.string() }))).toThrow(/not loose/);
    expect(() => compileCheck(z.string().transform((text) => text.length))).toThrow(/type pipe/);
    expect(() => compileCheck(z.email())).toThrow(/format email/);
  });
});
