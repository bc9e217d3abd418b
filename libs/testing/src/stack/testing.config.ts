import { defineSlice } from '#config';
import { z } from 'zod';

/** Which parts the integration specs run on. */
export const testingConfig = defineSlice('testing', {
  TIDELINE_TEST_STACK: z
    .enum(['local', 'store', 'containers'])
    .default('local')
    .describe(
      'local: the embedded engine and a broker of our own; store: the same, the engine reached over HTTP; containers: clickhouse/clickhouse-server and apache/kafka.',
    ),
});
