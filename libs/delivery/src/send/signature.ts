import { createHmac, timingSafeEqual } from 'node:crypto';

/** How old a delivery may be, and how far ahead its sender's clock, before a receiver refuses it. */
export const toleranceSeconds = 300;

/**
 * Value of `Tideline-Signature`: `v1=` and the HMAC-SHA256 of `timestamp.body`, in small hex digits.
 * @param timestamp Unix seconds, as in `Tideline-Timestamp`: it is signed too, so an old delivery cannot be given a new one
 * @param body to the byte as it is sent
 */
export function signatureOf(secret: string, timestamp: number, body: string | Buffer): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
}

export interface ReceivedDelivery {
  readonly secret: string;
  /** Header `Tideline-Timestamp`. */
  readonly timestamp: string | undefined;
  /** Header `Tideline-Signature`; several, separated by commas, while a secret is being changed. */
  readonly signature: string | undefined;
  /** To the byte as it was received: parsed and written again it may differ. */
  readonly body: string | Buffer;
  /** Unix milliseconds. */
  readonly now?: number;
}

/**
 * What a receiver does with a delivery before it believes it: the timestamp lies within five minutes of its clock, and one of the
 * signatures is the right one, compared in constant time. Then it looks whether it has seen `Tideline-Id` before.
 * @returns undefined, or why it is to be refused
 */
export function refusalOf({ secret, timestamp, signature, body, now = Date.now() }: ReceivedDelivery): string | undefined {
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return 'Tideline-Timestamp is missing or no number of seconds';
  if (Math.abs(now / 1_000 - Number(timestamp)) > toleranceSeconds) return 'it was signed more than five minutes from now';
  const wanted = Buffer.from(signatureOf(secret, Number(timestamp), body));
  const isRight = (signature ?? '').split(',').some((each) => {
    const given = Buffer.from(each.trim());
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
  return isRight ? undefined : 'the signature is not that of this body and timestamp';
}
