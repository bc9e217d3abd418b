import { z } from 'zod';
import { event } from '../envelope.js';
import { instant, shopId } from '../primitives.js';

/** A hint that figures moved. It may be lost or repeated: readers look at the store, not at the hint. */
export const committed = z.looseObject({
  shop: shopId,
  level: z.enum(['live', 'settled']).describe('live: facts and headline; settled: everything'),
  generation: z.string().regex(/^[0-9]+$/),
  clock: instant.nullable(),
  ledgerRows: z.int().min(0),
});

export const figuresCommitted = event('tideline.figures.committed.v1', committed);
export type Committed = z.infer<typeof committed>;
