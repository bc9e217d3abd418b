import { defineSlice } from '#config';
import { httpConfig } from '#http';
import { logConfig } from '#observability';
import { simulationConfig } from '#simulation';
import { streamingConfig } from '#streaming';
import { z } from 'zod';

/** Of the simulator's process alone: where its place in the world is kept, and who makes its shop. */
export const simulatorProcessConfig = defineSlice('simulator process', {
  TIDELINE_DATA: z
    .string()
    .min(1)
    .default('.data')
    .describe('Directory of everything this instance keeps; the place in the world is in simulator/.'),
  TIDELINE_API_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://127.0.0.1:7070' })
    .default('http://127.0.0.1:7070')
    .describe('The API that is asked for the shop `demo`, with TIDELINE_SECRET as the token of an engineer or admin.'),
});

/** Every slice of the process that simulates. */
export const slices = [simulatorProcessConfig, httpConfig, streamingConfig, simulationConfig, logConfig];
