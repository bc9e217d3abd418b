import type { KeptTopic } from '../oracle/index.js';

/** A message ready to be sent. */
export interface TestMessage {
  /** Without the shop's prefix. */
  readonly topic: KeptTopic;
  /** What the message is partitioned by; null where the topic has no key. */
  readonly key: string | null;
  readonly value: string;
}

/** What may be said of the envelope; the rest follows from the data. */
export interface EnvelopeChange {
  readonly id?: string;
  readonly type?: string;
  readonly source?: string;
  readonly subject?: string;
  readonly time?: string;
  /** Shop time at which the shop knew it; `time` by default. */
  readonly recordedtime?: string;
}

/** The instant of everything that names none. */
export const usualInstant = '2024-01-10T10:00:00Z';

/** Wraps data into an event on its topic. Its id is made of subject and revision, so that it is the same at each call. */
export function message(
  topic: KeptTopic,
  key: string | null,
  data: object & { revision?: number },
  defaults: Required<Pick<EnvelopeChange, 'type' | 'subject' | 'time'>>,
  change: EnvelopeChange,
): TestMessage {
  const event = {
    specversion: '1.0',
    id: `${defaults.subject}#${data.revision ?? 1}`,
    source: '/tests',
    ...defaults,
    recordedtime: change.time ?? defaults.time,
    ...change,
    data,
  };
  return { topic, key, value: JSON.stringify(event) };
}

/** A message that is whatever is put in it, for what producers should not send. */
export function aRawMessage(topic: KeptTopic, value: string): TestMessage {
  return { topic, key: null, value };
}

/** The same message with something changed in its event; for events that no builder would make. */
export function altered(
  original: TestMessage,
  change: (event: Record<string, unknown> & { data: Record<string, unknown> }) => void,
): TestMessage {
  const event = JSON.parse(original.value) as Record<string, unknown> & { data: Record<string, unknown> };
  change(event);
  return { ...original, value: JSON.stringify(event) };
}

/** The same event in other bytes: the fields of every object in reverse order. */
export function rewritten(original: TestMessage): TestMessage {
  return { ...original, value: JSON.stringify(reversed(JSON.parse(original.value)), null, 1) };
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}
