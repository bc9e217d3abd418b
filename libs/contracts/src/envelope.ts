import { z } from 'zod';
import { id, instant } from './primitives.js';

/**
 * The CloudEvents 1.0 envelope in structured JSON mode, one event per Kafka message.
 * `time` is when it happened; `recordedtime` (extension) is shop time at which the shop knew it.
 * Unknown attributes are let through: a newer producer may send more than this reader knows.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export const envelopeShape = {
  specversion: z.literal('1.0'),
  id: id.describe('Unique per event; a retried send repeats it'),
  source: z.string().min(1).max(500).describe('Who says it, a URI reference'),
  subject: id.describe('Id of the entity the event is about'),
  time: instant.describe('When it happened'),
  recordedtime: instant.describe('Shop time at which the shop knew it'),
  datacontenttype: z.literal('application/json').optional(),
} as const;

/** One event contract: the envelope with its `type` and the entity's full state as `data`. */
export function event<T extends string, D extends z.ZodType>(type: T, data: D) {
  return z.looseObject({ ...envelopeShape, type: z.literal(type), data });
}
