import { deliveryMessage, isSafeAddress, type DeliveryMessage } from '#contracts';
import type { ChannelRevision } from '../channels/channel-book.js';
import { DeliveryError } from '../delivery.errors.js';
import { digestIdOf } from '../outbox/ids.js';
import type { Outcome } from '../outbox/life.js';
import { faultsOf, jsonOf } from '../outbox/stored-json.js';
import type { Secrets } from '../secrets/secrets.js';
import { digestMail, singleMail } from './mail-text.js';
import { sendMail } from './mail.js';
import { post } from './post.js';
import { keyOf, signatureOf } from './signature.js';
import { slackBody } from './slack.js';

export interface TransmitParts {
  readonly secrets: Secrets;
  /** Sender of mail. */
  readonly from: string;
}

/** What a delivery says: its JSON as it was put into the outbox, and what that holds. */
export interface Sealed {
  readonly id: string;
  readonly body: string;
  readonly message: DeliveryMessage;
}

/** @returns why it cannot be read, where it cannot: it must not be sent empty. @param body undefined: the store has none */
export function sealedOf(id: string, body: string | undefined): Sealed | string {
  if (body === undefined || body === '') return 'What it says is not in the store any more.';
  const read = deliveryMessage.safeParse(jsonOf(body));
  if (read.success) return { id, body, message: read.data };
  return `What it says cannot be read: ${faultsOf(read.error)}`;
}

/** Bytes. */
const shortestKey = 16;
const longestDetail = 500;

/**
 * One attempt to bring deliveries to a channel: one, or several of a digest.
 * @returns what came of it, without anything secret; what hinders it on our side is an outcome too, and is tried again
 * @throws only when `signal` aborts it
 */
export async function transmit(
  channel: ChannelRevision,
  sealed: readonly Sealed[],
  parts: TransmitParts,
  signal: AbortSignal,
): Promise<Outcome> {
  const outcome = await attempt(channel, sealed, parts, signal).catch((error: unknown): Outcome => {
    signal.throwIfAborted();
    return { taken: false, detail: (error as Error).message };
  });
  return { ...outcome, detail: parts.secrets.redact(outcome.detail).slice(0, longestDetail) };
}

async function attempt(
  channel: ChannelRevision,
  sealed: readonly Sealed[],
  { secrets, from }: TransmitParts,
  signal: AbortSignal,
): Promise<Outcome> {
  const [first] = sealed;
  if (!first) return { taken: true, detail: 'nothing to say' };
  switch (channel.kind) {
    case 'webhook': {
      const secret = secrets.get(channel.secret);
      if (keyOf(secret).length < shortestKey) throw unusable(channel.secret, `must have at least ${shortestKey} characters to sign with`);
      const { id, body } = first;
      const timestamp = Math.floor(Date.now() / 1_000);
      const signature = signatureOf(secret, { id, timestamp, body });
      const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature };
      return post({ url: channel.url, headers, body, signal });
    }
    case 'slack': {
      const url = secrets.get(channel.secret);
      if (!isSafeAddress(url)) throw unusable(channel.secret, 'must be the https URL of an incoming webhook (http on this machine only)');
      return post({ url, headers: { 'tideline-id': first.id }, body: slackBody(first.message), signal });
    }
    case 'mail': {
      const messages = sealed.map(({ message }) => message);
      const [one] = messages;
      const isDigest = channel.mode === 'digest' && one?.about !== 'alarm';
      const text = isDigest || !one ? digestMail(one?.shop ?? '', messages) : singleMail(one);
      const key = isDigest ? digestIdOf(sealed.map(({ id }) => id)) : first.id;
      return sendMail({ ...text, server: secrets.get(channel.server), from, to: channel.to, key, signal });
    }
  }
}

function unusable(name: string, why: string): DeliveryError {
  return new DeliveryError('secret-unusable', `The secret ${name} ${why}.`);
}
