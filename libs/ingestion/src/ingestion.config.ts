import { defineSlice } from '#config';
import { z } from 'zod';

/** How the ingestor and the refresher work. */
export const ingestionConfig = defineSlice('ingestion', {
  TIDELINE_REFRESH_MS: z.coerce
    .number()
    .int()
    .min(10)
    .max(60_000)
    .default(100)
    .describe('Shortest time between two live steps of a shop, in milliseconds.'),
  TIDELINE_REFRESH_ROWS: z.coerce
    .number()
    .int()
    .min(100)
    .max(1_000_000)
    .default(4_000)
    .describe('Ledger rows per partition that one refresh takes at most: bounds memory, and how long readers wait.'),
  TIDELINE_AUDIT_MS: z.coerce
    .number()
    .int()
    .min(500)
    .max(3_600_000)
    .default(15_000)
    .describe('Time between two self-audits of a shop, in milliseconds; ten times as long as one worked at least.'),
  TIDELINE_LAG_MS: z.coerce
    .number()
    .int()
    .min(5_000)
    .max(86_400_000)
    .default(60_000)
    .describe('For how long a message may be in Kafka and in no figure before the alarm `lag` stands, in milliseconds.'),
});
