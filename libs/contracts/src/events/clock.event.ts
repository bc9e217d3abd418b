import { z } from 'zod';
import { event } from '../envelope.js';
import { instant } from '../primitives.js';

/**
 * The shop's time moved. `offsets` names, per `topic-partition`, the next offset when the tick was made:
 * the tick takes effect only when the watermark has passed them.
 */
export const clockTick = z.looseObject({
  now: instant,
  speed: z.number().nonnegative().describe('Shop seconds per real second; 0: it stands still'),
  offsets: z.record(z.string().regex(/^[a-z0-9.-]{1,249}-[0-9]{1,5}$/), z.string().regex(/^[0-9]{1,19}$/)),
});

export const clockTicked = event('tideline.clock.ticked.v1', clockTick);
export type ClockTick = z.infer<typeof clockTick>;
