import { readConfig } from '#config';
import type { ClickHouse } from '#clickhouse';
import { openStreaming, type Streaming } from '#streaming';
import { containerParts } from './container-parts.js';
import { localParts } from './local-parts.js';
import { testingConfig } from './testing.config.js';

/** A store and a broker of their own, thrown away at the end. */
export interface StackParts {
  readonly clickhouse: ClickHouse;
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}

/** What integration specs run on: real Kafka and the real ClickHouse engine, whichever maker made them. */
export interface TestStack {
  readonly clickhouse: ClickHouse;
  readonly streaming: Streaming;
  stop(): Promise<void>;
}

/** Starts a stack with the maker that TIDELINE_TEST_STACK names, or with the one given. */
export async function openTestStack(given?: 'local' | 'store' | 'containers'): Promise<TestStack> {
  const maker = given ?? readConfig([testingConfig], undefined, { strict: false }).get(testingConfig).TIDELINE_TEST_STACK;
  const parts = await (maker === 'containers' ? containerParts() : localParts(maker === 'store'));
  const streaming = openStreaming({ brokers: parts.brokers, clientId: 'tests', logger: silent, sessionTimeoutMs: 6_000 });
  return {
    clickhouse: parts.clickhouse,
    streaming,
    stop: async () => {
      await streaming.close();
      await parts.stop();
    },
  };
}

const nothing = (): void => undefined;
/** A logger for tests: failures speak through assertions. */
export const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
