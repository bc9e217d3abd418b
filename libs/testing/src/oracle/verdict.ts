import { isUtf8 } from 'node:buffer';
import {
  envelopeShape,
  topics,
  type Campaign,
  type CampaignDay,
  type ClockTick,
  type Customer,
  type Order,
  type Product,
  type Return,
  type StockCount,
  type TopicName,
} from '#contracts';
import { z } from 'zod';

/** Topics whose messages the shop keeps and counts. `committed` is a hint and `alerts` has an owner of its own. */
export type KeptTopic = Exclude<TopicName, 'committed.v1' | 'alerts.v1'>;

/** A message as it stands on a topic. */
export interface OracleMessage {
  readonly topic: KeptTopic;
  readonly value: string | Buffer | null;
}

/** What the figures need to know of a shop. */
export interface OracleShop {
  /** IANA name. */
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** Why a message does not count, in the order in which the rules are asked. */
export const verdictReasons = [
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
export type VerdictReason = (typeof verdictReasons)[number];

/** What an accepted message says. */
export type Statement =
  | { readonly kind: 'order'; readonly data: Order }
  | { readonly kind: 'return'; readonly data: Return }
  | { readonly kind: 'customer'; readonly data: Customer }
  | { readonly kind: 'product'; readonly data: Product }
  | { readonly kind: 'stock-count'; readonly data: StockCount }
  | { readonly kind: 'campaign'; readonly data: Campaign }
  | { readonly kind: 'campaign-day'; readonly data: CampaignDay }
  | { readonly kind: 'tick'; readonly data: ClockTick };

export type Verdict =
  | { readonly accepted: true; readonly statement: Statement; readonly recordedAt: number }
  | { readonly accepted: false; readonly reason: VerdictReason };

const envelope = z.looseObject({ ...envelopeShape, type: z.string().min(1).max(200) });
const skew = 5 * 60_000;
/** Levels of objects and lists inside the message. */
const deepest = 50;

/** The verdict on one message. It looks at nothing but the message and the shop's currency. */
export function verdictOn({ topic, value }: OracleMessage, shop: Pick<OracleShop, 'currency'>): Verdict {
  const message = jsonObject(value);
  if (!message) return rejected('not-json');

  if (depthOf(message) > deepest) return rejected('invalid-data');

  const head = envelope.safeParse(message);
  if (!head.success || !('data' in message)) return rejected('not-an-event');

  const home = homeOf(head.data.type);
  if (!home) return rejected('unknown-type');
  if (home.topic !== topic) return rejected('wrong-topic');
  if (!home.contract.safeParse(message).success) return rejected('invalid-data');

  const statement = { kind: kindOf(topic, head.data.type), data: message['data'] } as Statement;
  const subject = subjectOf(statement);
  if (subject !== undefined && subject !== head.data.subject) return rejected('subject-mismatch');

  const lines = statement.kind === 'order' || statement.kind === 'return' ? statement.data.lines.map(({ line }) => line) : [];
  if (new Set(lines).size < lines.length) return rejected('duplicate-line');

  const { kind, data } = statement;
  if (kind !== 'customer' && kind !== 'stock-count' && kind !== 'tick' && data.currency !== shop.currency) {
    return rejected('other-currency');
  }

  const recordedAt = Date.parse(head.data.recordedtime);
  const claimed = [head.data.time, ...businessInstants(statement)].map((instant) => Date.parse(instant));
  if (claimed.some((at) => at > recordedAt + skew)) return rejected('time-ahead');

  return { accepted: true, statement, recordedAt };
}

function rejected(reason: VerdictReason): Verdict {
  return { accepted: false, reason };
}

/** The JSON object in a message, or undefined. A byte order mark before it is let pass, as RFC 8259 section 8.1 allows. */
function jsonObject(value: string | Buffer | null): Record<string, unknown> | undefined {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  if (bytes === null || !isUtf8(bytes)) return undefined;
  try {
    const parsed: unknown = JSON.parse(bytes.toString().replace(/^\uFEFF/, ''));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The topic a type of event belongs to, and its contract. */
function homeOf(type: string): { topic: string; contract: z.ZodType } | undefined {
  for (const [topic, { events }] of Object.entries(topics)) {
    for (const contract of events) if (contract.shape.type.value === type) return { topic, contract };
  }
  return undefined;
}

function kindOf(topic: KeptTopic, type: string): Statement['kind'] {
  switch (topic) {
    case 'transactions.v1':
      return 'order';
    case 'returns.v1':
      return 'return';
    case 'customers.v1':
      return 'customer';
    case 'products.v1':
      return type === 'tideline.product.stock-counted.v1' ? 'stock-count' : 'product';
    case 'campaigns.v1':
      return type === 'tideline.campaign.day-reported.v1' ? 'campaign-day' : 'campaign';
    case 'clock.v1':
      return 'tick';
  }
}

/** The id of the entity, which the envelope's `subject` must repeat; a tick is about nothing. */
export function subjectOf({ kind, data }: Statement): string | undefined {
  switch (kind) {
    case 'order':
      return data.orderId;
    case 'return':
      return data.returnId;
    case 'customer':
      return data.customerId;
    case 'product':
      return data.productId;
    case 'stock-count':
      return `${data.productId}/${data.countedAt}`;
    case 'campaign':
      return data.campaignId;
    case 'campaign-day':
      return `${data.campaignId}/${data.date}`;
    case 'tick':
      return undefined;
  }
}

/** When the business says it happened; nobody knows such a thing before it does. */
function businessInstants({ kind, data }: Statement): string[] {
  if (kind === 'order') return [data.orderedAt];
  if (kind === 'stock-count') return [data.countedAt];
  if (kind === 'return' && data.status === 'refunded') return [data.refundedAt];
  return [];
}

/** Levels of nesting below the message itself, counted in its brackets. */
function depthOf(message: object): number {
  const brackets = JSON.stringify(message)
    .replace(/"(?:[^"\\]|\\.)*"/g, '')
    .replace(/[^[\]{}]/g, '');
  let depth = 0;
  let greatest = 0;
  for (const bracket of brackets) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    greatest = Math.max(greatest, depth);
  }
  return greatest - 1;
}
