import { defineSlice } from '#config';
import { z } from 'zod';

/** What a process of its own writes to stdout. */
export const logConfig = defineSlice('log', {
  TIDELINE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('What goes to the log.'),
});
