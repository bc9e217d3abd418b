import { defineSlice } from '#config';
import { z } from 'zod';

/** Whether the embedded store is served to readers: notebooks, Grafana, any ClickHouse client. */
export const storeConfig = defineSlice('store', {
  TIDELINE_STORE_PORT: z.coerce
    .number('must be a port number')
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe('Port on which the embedded store answers ClickHouse clients over HTTP, reads only; 0 takes a free one. Unset: none.'),
  TIDELINE_STORE_HOST: z.string().default('127.0.0.1').describe('Address on which the store listens. Anything but loopback needs secrets.'),
  TIDELINE_STORE_READ_SECRET: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('Password of those who only read, at least 16 characters. Unset: everyone on this machine.'),
});

/** Which engine. */
export const clickhouseConfig = defineSlice('clickhouse', {
  CLICKHOUSE_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as http://user:password@host:8123' })
    .optional()
    .describe(
      'Your own ClickHouse server, http://user:password@host:8123. Unset: the embedded engine keeps its files in the data directory.',
    ),
});
