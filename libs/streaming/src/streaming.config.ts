import { defineSlice } from '#config';
import { z } from 'zod';

/** Which broker, and how large the local one may grow. */
export const streamingConfig = defineSlice('streaming', {
  KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .refine((brokers) => brokers.every((broker) => /^[^\s:]+:\d+$/.test(broker)), 'must be host:port, several separated by commas')
    .optional()
    .describe('Brokers of your own Kafka, host:port separated by commas. Unset: a local Apache Kafka is started.'),
  KAFKA_HEAP_MB: z.coerce.number().int().min(128).max(65_536).default(512).describe('Heap of the local broker, in MiB.'),
});
