import { createTransport, type SMTPTransportOptions } from 'nodemailer';
import { DeliveryError } from '../delivery.errors.js';
import type { Outcome } from '../outbox/life.js';
import { within } from './limit.js';
import type { MailText } from './mail-text.js';

export interface Mail extends MailText {
  /** URL of the mail server, with its user and password. */
  readonly server: string;
  readonly from: string;
  readonly to: readonly string[];
  /** Idempotency key: `Message-ID` is made of it, by which mail programs know a second copy. */
  readonly key: string;
  /** The process ends: what came of it will not be known. */
  readonly signal: AbortSignal;
  /** For the whole conversation, milliseconds; 30 s where nothing is said. */
  readonly limitMs?: number;
}

const connectMs = 5_000;
const idleMs = 10_000;
/** From the first packet to the end: the limits above are of one silence each, and a server that trickles is never silent. */
const conversationMs = 30_000;

/** Hands a mail to its server. Taken is what the server took for at least one address. Never throws, but when `signal` aborts it. */
export async function sendMail({ server, from, to, key, subject, text, html, signal, limitMs = conversationMs }: Mail): Promise<Outcome> {
  const transport = createTransport(optionsOf(server));
  try {
    const sent = await within(limitMs, signal, (limit) =>
      transport.sendMail({
        ...{ from, to: [...to], subject, text, html, messageId: `<${key}@tideline>` },
        signal: limit,
        headers: { 'Tideline-Id': key, 'Auto-Submitted': 'auto-generated' },
      }),
    );
    const refused = sent.rejected.length === 0 ? '' : ` Not taken for ${sent.rejected.length} of ${to.length} addresses.`;
    return { taken: true, detail: `${sent.response}${refused}` };
  } catch (error) {
    signal.throwIfAborted();
    const { name, message } = error as Error;
    const why = name === 'TimeoutError' ? `no end of the conversation within ${limitMs / 1_000} s` : message;
    return { taken: false, detail: `The mail server: ${why}` };
  } finally {
    transport.close();
  }
}

/** @throws {DeliveryError} `secret-unusable`, without the value */
function optionsOf(server: string): SMTPTransportOptions {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw new DeliveryError(
      'secret-unusable',
      'The secret of the mail server must be a URL such as smtps://user:password@mail.example.org:465.',
    );
  }
  const secure = url.protocol === 'smtps:';
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  const login = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    // Data of customers, and a password, cross no network in clear.
    requireTLS: !secure && !isHere,
    ...(url.username === '' ? {} : { auth: login }),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: idleMs,
    // What is over is cut off: a server that does not hang up holds nothing.
    socketCloseTimeout: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
