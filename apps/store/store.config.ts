import { storeConfig } from '#clickhouse';
import { defineSlice } from '#config';
import { logConfig } from '#observability';
import { z } from 'zod';

/** Of the store process alone: where its files are, and who may write. */
export const storeProcessConfig = defineSlice('store process', {
  TIDELINE_DATA: z.string().min(1).default('.data').describe('Directory of everything this instance keeps; the store is in clickhouse/.'),
  TIDELINE_STORE_WRITE_PORT: z.coerce
    .number('must be a port number')
    .int()
    .min(0)
    .max(65_535)
    .default(8123)
    .describe('Port of the listener that writes, for the processes of the product; 0 takes a free one.'),
  TIDELINE_STORE_SECRET: z
    .string('is needed: the password of the processes that write, at least 16 characters')
    .min(16, 'must have at least 16 characters')
    .describe('Password of those who write: CLICKHOUSE_URL=http://tideline:SECRET@host:8123.'),
});

/** Every slice of the store process. */
export const slices = [storeProcessConfig, storeConfig, logConfig];
