import { expect, it } from 'vitest';
import { refusalOf, signatureOf } from './signature.js';

const secret = 'a-secret-of-sixteen';
const now = Date.parse('2026-03-02T12:00:00Z');
const timestamp = String(now / 1_000);
const body = '{"customer":"Zoë"}';
const received = { secret, timestamp, signature: signatureOf(secret, now / 1_000, body), body, now };

it('is HMAC-SHA256 over timestamp and body, as any tool makes it', () => {
  // printf '1772452800.{}' | openssl dgst -sha256 -hmac a-secret-of-sixteen
  expect(signatureOf('a-secret-of-sixteen', 1_772_452_800, '{}')).toBe(
    'v1=8efa332ea7387ff6a1158ba7965ae79f758353b149c7f8bdf0a3132d82152d0d',
  );
});

it('is believed with the right secret, to the byte, within five minutes', () => {
  expect(refusalOf(received)).toBeUndefined();
  expect(refusalOf({ ...received, body: Buffer.from(body) })).toBeUndefined();
  expect(refusalOf({ ...received, now: now + 300_000 })).toBeUndefined();
  expect(refusalOf({ ...received, signature: `v1=${'0'.repeat(64)}, ${received.signature}` })).toBeUndefined();
});

it.each([
  ['another body', { body: `${body} ` }, 'not that of this body'],
  ['another secret', { secret: 'another-secret-of-20' }, 'not that of this body'],
  ['another timestamp', { timestamp: String(now / 1_000 + 1) }, 'not that of this body'],
  ['no signature', { signature: undefined }, 'not that of this body'],
  ['a shorter one', { signature: 'v1=00' }, 'not that of this body'],
  ['a replay after five minutes', { now: now + 301_000 }, 'more than five minutes'],
  ['a sender whose clock is far ahead', { now: now - 301_000 }, 'more than five minutes'],
  ['no timestamp', { timestamp: undefined }, 'is missing'],
  ['a timestamp that is none', { timestamp: 'soon' }, 'is missing'],
])('is not believed: %s', (_what, change, words) => {
  expect(refusalOf({ ...received, ...change })).toContain(words);
});
