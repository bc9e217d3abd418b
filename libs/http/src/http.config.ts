import { defineSlice } from '#config';
import { z } from 'zod';
import { defaultUsersFile } from './users.js';

/** Where the API listens and who may ask. */
export const httpConfig = defineSlice('http', {
  TIDELINE_PORT: z.coerce
    .number('must be a port number')
    .int()
    .min(0)
    .max(65_535)
    .default(7070)
    .describe('Port of the API and the dashboard; 0 takes a free one.'),
  TIDELINE_HOST: z.string().default('127.0.0.1').describe('Address to listen on. Anything but loopback needs TIDELINE_SECRET or users.'),
  TIDELINE_SECRET: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('Bearer token of the one admin, at least 16 characters. Unset, and no users: loopback only, no token.'),
  TIDELINE_USERS: z
    .string()
    .min(1)
    .default(defaultUsersFile)
    .describe('File of users with their roles; config/users.example.yaml shows one. The default may be absent.'),
  TIDELINE_ORIGINS: z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .pipe(z.array(z.string().regex(/^https?:\/\/[^/\s]+$/, 'must be origins such as https://figures.example.org, separated by commas')))
    .optional()
    .describe('Origins besides its own whose pages may open live connections and change things, separated by commas.'),
});
