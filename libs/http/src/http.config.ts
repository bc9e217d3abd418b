import { defineSlice } from '#config';
import { z } from 'zod';

/** Where the API listens and who may ask. */
export const httpConfig = defineSlice('http', {
  TIDELINE_PORT: z.coerce
    .number('must be a port number')
    .int()
    .min(0)
    .max(65_535)
    .default(7070)
    .describe('Port of the API and the dashboard; 0 takes a free one.'),
  TIDELINE_HOST: z.string().default('127.0.0.1').describe('Address to listen on. Anything but loopback needs TIDELINE_SECRET.'),
  TIDELINE_SECRET: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('Bearer token that every request must carry, at least 16 characters. Unset: loopback only, no token.'),
});
