import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { refusalOf, signatureOf } from './signature.js';

const secret = 'a-secret-of-sixteen';
const now = Date.parse('2026-03-02T12:00:00Z');
const timestamp = String(now / 1_000);
const body = '{"customer":"Zoë"}';
const id = 'd3b07384d113edec49eaa6238ad5ff00';
const received = { secret, id, timestamp, signature: signatureOf(secret, { id, timestamp: now / 1_000, body }), body, now };

it('is that of Standard Webhooks: its published example', () => {
  const example = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
  expect(signatureOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', example)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

it('is what the documented recipe makes of it', () => {
  const recipe = /```python\n([\s\S]*?)```/.exec(readFileSync('docs/channels.md', 'utf8'))?.[1] ?? '';
  expect(recipe).toContain('signed = webhook_id.encode() + b"." + timestamp.encode() + b"." + body');
  expect(recipe).toContain('base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())');
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), Buffer.from(body)]);
  expect(received.signature).toBe(`v1,${createHmac('sha256', Buffer.from(secret)).update(signed).digest('base64')}`);
});

it('is believed with the right secret, to the byte, within five minutes', () => {
  expect(refusalOf(received)).toBeUndefined();
  expect(refusalOf({ ...received, body: Buffer.from(body) })).toBeUndefined();
  expect(refusalOf({ ...received, now: now + 300_000 })).toBeUndefined();
  expect(refusalOf({ ...received, signature: `v1,${Buffer.alloc(32).toString('base64')} ${received.signature}` })).toBeUndefined();
});

it.each([
  ['another body', { body: `${body} ` }, 'not that of this id'],
  ['another secret', { secret: 'another-secret-of-20' }, 'not that of this id'],
  ['another timestamp', { timestamp: String(now / 1_000 + 1) }, 'not that of this id'],
  ['another id, so that it would count as new', { id: 'e3b07384d113edec49eaa6238ad5ff00' }, 'not that of this id'],
  ['no id', { id: undefined }, 'webhook-id is missing'],
  ['no signature', { signature: undefined }, 'not that of this id'],
  ['a shorter one', { signature: 'v1,00' }, 'not that of this id'],
  ['a replay after five minutes', { now: now + 301_000 }, 'more than five minutes'],
  ['a sender whose clock is far ahead', { now: now - 301_000 }, 'more than five minutes'],
  ['no timestamp', { timestamp: undefined }, 'is missing'],
  ['a timestamp that is none', { timestamp: 'soon' }, 'is missing'],
])('is not believed: %s', (_what, change, words) => {
  expect(refusalOf({ ...received, ...change })).toContain(words);
});
