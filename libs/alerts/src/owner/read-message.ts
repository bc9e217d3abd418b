import { alertCameDue, alertCommanded, customerScored, topics } from '#contracts';
import type { IncomingMessage } from '#streaming';
import type { z } from 'zod';
import type { AlertMessage, DeadReason } from '../fold/message.js';

const decoder = new TextDecoder('utf-8', { fatal: true });
/** What is kept of a message that cannot be used. */
const excerptLength = 2_000;
const known = new Set(topics['alerts.v1'].events.map((contract) => contract.shape.type.value as string));

/** Reads one message of `alerts.v1`. What cannot be used says why: it is written down and holds nobody up. */
export function readMessage({ key, value, timestamp }: IncomingMessage): AlertMessage {
  const text = textIn(value);
  const dead = (reason: DeadReason, detail: string, eventId = ''): AlertMessage => ({
    kind: 'dead',
    ...{ reason, detail: detail.slice(0, 500).toWellFormed(), eventId: eventId.slice(0, 200).toWellFormed() },
    excerpt: (text ?? `base64:${(value ?? Buffer.alloc(0)).toString('base64', 0, excerptLength)}`).slice(0, excerptLength).toWellFormed(),
    at: timestamp.getTime(),
  });
  const parsed = parse(text);
  if (parsed === undefined) return dead('not-json', 'The message is not a JSON object in UTF-8.');
  const { type, id } = parsed as { type?: unknown; id?: unknown };
  const eventId = typeof id === 'string' ? id : '';
  if (typeof type !== 'string') return dead('not-an-event', 'type: must be a text, as CloudEvents have it.', eventId);
  if (!known.has(type)) return dead('unknown-type', `${type} does not belong on alerts.v1.`, eventId);
  const contract = readers[type];
  if (!contract) return { kind: 'moved' };
  const read = contract.schema.safeParse(parsed);
  if (!read.success) return dead('invalid-data', inWords(read.error), eventId);
  const { customerId } = read.data.data;
  // The key says which partition a customer is in: with another one two partitions would hold its life.
  if (key?.toString('utf8') !== customerId) return dead('key-differs', `The key of the message must be ${customerId}.`, eventId);
  return contract.message(read.data);
}

interface Reader {
  readonly schema: z.ZodType<{ data: { customerId: string } }>;
  message(event: unknown): AlertMessage;
}

const readers: Readonly<Record<string, Reader | undefined>> = {
  'tideline.customer.scored.v1': {
    schema: customerScored,
    message: (event) => {
      const { id, data } = event as z.output<typeof customerScored>;
      return { kind: 'scored', eventId: id, score: data };
    },
  },
  'tideline.alert.commanded.v1': {
    schema: alertCommanded,
    message: (event) => {
      const { id, recordedtime, data } = event as z.output<typeof alertCommanded>;
      return { kind: 'commanded', eventId: id, at: Date.parse(recordedtime), command: data };
    },
  },
  'tideline.alert.came-due.v1': {
    schema: alertCameDue,
    message: (event) => {
      const { id, data } = event as z.output<typeof alertCameDue>;
      return { kind: 'due', eventId: id, due: data };
    },
  },
};

function textIn(value: Buffer | null): string | undefined {
  try {
    return value === null ? undefined : decoder.decode(value);
  } catch {
    return undefined;
  }
}

function parse(text: string | undefined): object | undefined {
  try {
    const parsed: unknown = text === undefined ? undefined : JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** `data.band: must be ...` for the first few faults. */
function inWords(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('; ');
}
