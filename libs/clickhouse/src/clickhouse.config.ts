import { defineSlice } from '#config';
import { z } from 'zod';

/** Which engine. */
export const clickhouseConfig = defineSlice('clickhouse', {
  CLICKHOUSE_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as http://user:password@host:8123' })
    .optional()
    .describe(
      'Your own ClickHouse server, http://user:password@host:8123. Unset: the embedded engine keeps its files in the data directory.',
    ),
});
