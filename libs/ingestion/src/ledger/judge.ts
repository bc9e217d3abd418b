import { envelopeShape } from '#contracts';
import type { LedgerTopic } from '#warehouse';
import { z } from 'zod';
import { topicOfType } from '../ledger-consumers.js';
import type { LedgerConsumer, Mapped } from '../mappers/ledger-mapper.js';
import { columnInstant } from '../mappers/ledger-mapper.js';
import { contentHash } from './canonical-json.js';
import { payloadOf, textIn } from './raw-message.js';

/** Why a message was not used. The codes are shown to people and counted by metrics. */
export const rejectionReasons = [
  'not-json',
  'not-an-event',
  'unknown-type',
  'wrong-topic',
  'invalid-data',
  'subject-mismatch',
  'duplicate-line',
  'other-currency',
  'time-ahead',
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

/** How far an event's own time may lie beyond `recordedtime`: producers' clocks differ a little, they do not see ahead. */
export const skewMs = 5 * 60_000;

/** The verdict on one message: a pure function of the message and the shop's fixed settings, whenever it arrives. */
export type Judgement =
  | {
      readonly verdict: 'accepted';
      readonly type: string;
      readonly eventId: string;
      readonly hash: string;
      readonly eventTime: string;
      readonly recordedTime: string;
      readonly mapped: Mapped;
      readonly payload: string;
    }
  | {
      readonly verdict: 'rejected';
      readonly reason: RejectionReason;
      /** In words: which field, what it held, what is allowed. */
      readonly detail: string;
      /** As far as the message told; empty otherwise. */
      readonly type: string;
      readonly eventId: string;
      /** Where the envelope could be read: a replay up to an instant takes what was known by then, dead letters too. */
      readonly recordedTime: string | undefined;
      readonly payload: string;
    };

/** Contracts are four levels deep; unknown fields may go further, but not so far that a recursion runs out of stack. */
const maxDepth = 50;

const envelope = z.looseObject({ ...envelopeShape, type: z.string().min(1).max(200), data: z.unknown() });

/**
 * Reads one message.
 * @param value the message as it stands on the topic; null is a tombstone, which no domain topic uses
 */
export function judge(consumer: LedgerConsumer, topic: LedgerTopic, value: Buffer | null, shop: { currency: string }): Judgement {
  const text = textIn(value);
  let parsed: unknown;
  try {
    parsed = text === undefined ? undefined : JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  const payload = text ?? payloadOf(value);
  let recordedTime = undefined as string | undefined;
  const reject = (reason: RejectionReason, detail: string, type = '', eventId = ''): Judgement => ({
    verdict: 'rejected',
    reason,
    // Cutting may split a surrogate pair, and half a pair is not UTF-8.
    detail: detail.slice(0, 500).toWellFormed(),
    type,
    eventId,
    recordedTime,
    payload,
  });

  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return reject('not-json', 'The message is not a JSON object in UTF-8.');
  }
  if (hasManyOpenings(payload, maxDepth) && isDeeperThan(parsed, maxDepth))
    return reject('invalid-data', `The message is nested deeper than ${maxDepth} levels.`, ...named(parsed));
  const { type, id: eventId } = parsed as Message;
  // Most messages are valid, and nothing more is asked of them; zod says what is wrong with the others.
  if (consumer.contracts.get(type)?.check(parsed) !== true) {
    const fault = faultOf(consumer, topic, parsed);
    if (fault && fault[0] !== 'not-an-event') recordedTime = columnInstant((parsed as Message).recordedtime);
    if (fault) return reject(...fault);
  }
  const { subject, time, recordedtime, data } = parsed as Message;
  recordedTime = columnInstant(recordedtime);
  const mapped = consumer.map(type, data);
  if (mapped.entityId !== 'clock' && subject !== mapped.subject) {
    return reject('subject-mismatch', `subject says ${subject}, data is about ${mapped.subject}.`, type, eventId);
  }
  if (mapped.duplicateLine !== undefined) {
    return reject(
      'duplicate-line',
      `Line ${mapped.duplicateLine} stands twice; each line of a document has a number of its own.`,
      type,
      eventId,
    );
  }
  if (mapped.currency !== undefined && mapped.currency !== shop.currency) {
    return reject('other-currency', `data.currency is ${mapped.currency}; this shop keeps its figures in ${shop.currency}.`, type, eventId);
  }
  const known = Date.parse(recordedtime) + skewMs;
  for (const at of [time, ...mapped.happenedAt]) {
    if (at !== recordedtime && Date.parse(at) > known) {
      return reject('time-ahead', `${at} lies more than ${skewMs / 60_000} minutes beyond recordedtime ${recordedtime}.`, type, eventId);
    }
  }
  return {
    verdict: 'accepted',
    type,
    eventId,
    hash: contentHash(data),
    eventTime: columnInstant(time),
    recordedTime,
    mapped,
    payload,
  };
}

/** An event that its contract takes. */
interface Message {
  readonly type: string;
  readonly id: string;
  readonly subject: string;
  readonly time: string;
  readonly recordedtime: string;
  readonly data: unknown;
}

/** What is wrong with a message, and as far as it tells its type and id; undefined when its contract takes it. */
function faultOf(
  consumer: LedgerConsumer,
  topic: LedgerTopic,
  parsed: object,
): [reason: RejectionReason, detail: string, type: string, eventId: string] | undefined {
  const head = envelope.safeParse(parsed);
  if (!head.success) return ['not-an-event', inWords(head.error), ...named(parsed)];
  const { type, id } = head.data;
  const contract = consumer.contracts.get(type);
  if (!contract) {
    const home = topicOfType.get(type);
    return home === undefined
      ? ['unknown-type', `No contract is called ${type}.`, type, id]
      : ['wrong-topic', `${type} belongs on ${home}, it came on ${topic}.`, type, id];
  }
  const whole = contract.schema.safeParse(parsed);
  return whole.success ? undefined : ['invalid-data', inWords(whole.error), type, id];
}

/** `data.lines.0.unitPrice: must be ...` for the first few faults. */
function inWords(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || 'message'}: ${issue.message}`)
    .join('; ');
}

/** Type and id of something that is not a valid event, for whoever looks for it later. */
function named(parsed: object): [string, string] {
  const { type, id } = parsed as { type?: unknown; id?: unknown };
  const short = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 200).toWellFormed() : '');
  return [short(type), short(id)];
}

/** Whether a text has more brackets that open than `limit`. With fewer nothing in it can be nested deeper. */
function hasManyOpenings(text: string, limit: number): boolean {
  let openings = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) if ((openings += 1) > limit) return true;
  }
  return false;
}

/** Level by level, without recursion: what is asked about may be nested a hundred thousand deep. */
function isDeeperThan(value: object, limit: number): boolean {
  let level: object[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    const below: object[] = [];
    for (const each of level) {
      for (const inner of Object.values(each) as unknown[]) if (typeof inner === 'object' && inner !== null) below.push(inner);
    }
    level = below;
  }
  return false;
}
