import { createHmac, timingSafeEqual } from 'node:crypto';

/** How old a delivery may be, and how far ahead its sender's clock, before a receiver refuses it. */
export const toleranceSeconds = 300;

/** Before a secret that is bytes in base64, as Standard Webhooks writes them; every other secret is the bytes of its text. */
const bytesPrefix = 'whsec_';

/** What is signed of a delivery: all three, so that neither an old one can be given a new time nor a known one a new id. */
export interface SignedParts {
  /** Header `webhook-id`, the idempotency key. */
  readonly id: string;
  /** Header `webhook-timestamp`, Unix seconds. */
  readonly timestamp: number;
  /** To the byte as it is sent. */
  readonly body: string | Buffer;
}

/** The key that a secret stands for. */
export function keyOf(secret: string): Buffer {
  return secret.startsWith(bytesPrefix) ? Buffer.from(secret.slice(bytesPrefix.length), 'base64') : Buffer.from(secret);
}

/** Value of `webhook-signature`: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64 (Standard Webhooks 1.0, "Signature scheme"). */
export function signatureOf(secret: string, { id, timestamp, body }: SignedParts): string {
  return `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

export interface ReceivedDelivery {
  readonly secret: string;
  /** Header `webhook-id`. */
  readonly id: string | undefined;
  /** Header `webhook-timestamp`. */
  readonly timestamp: string | undefined;
  /** Header `webhook-signature`; several, separated by blanks, while a secret is being changed. */
  readonly signature: string | undefined;
  /** To the byte as it was received: parsed and written again it may differ. */
  readonly body: string | Buffer;
  /** Unix milliseconds. */
  readonly now?: number;
}

/**
 * What a receiver does with a delivery before it believes it: the timestamp lies within five minutes of its clock, and one of the
 * signatures is the right one, compared in constant time. Then it looks whether it has seen the id before.
 * @returns undefined, or why it is to be refused
 */
export function refusalOf({ secret, id, timestamp, signature, body, now = Date.now() }: ReceivedDelivery): string | undefined {
  if (id === undefined || id === '') return 'webhook-id is missing';
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return 'webhook-timestamp is missing or no number of seconds';
  if (Math.abs(now / 1_000 - Number(timestamp)) > toleranceSeconds) return 'it was signed more than five minutes from now';
  const wanted = Buffer.from(signatureOf(secret, { id, timestamp: Number(timestamp), body }));
  const isRight = (signature ?? '').split(' ').some((each) => {
    const given = Buffer.from(each);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
  return isRight ? undefined : 'the signature is not that of this id, timestamp and body';
}
