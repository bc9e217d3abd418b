import { defineSlice } from '#config';
import { z } from 'zod';

/** What those who get an alarm need to find their way. */
export const alarmsConfig = defineSlice('alarms', {
  TIDELINE_RUNBOOK: z
    .string()
    .min(1)
    .default('docs/operations.md')
    .describe('Where docs/operations.md can be read by those who get alarms; deliveries and the page link into it.'),
});
