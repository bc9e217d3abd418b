import { createServer } from 'node:http';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { describe, expect, it } from 'vitest';
import { ClickHouseFault, toFault, type ClickHouseErrorCode } from '../clickhouse.errors.js';
import { answerOf, refuse } from './http-errors.js';

/** What a client makes of a fault that the endpoint answered. */
function overHttp(fault: ClickHouseFault): ClickHouseFault {
  return toFault(new Error(answerOf(fault).text), 'SELECT 1');
}

describe('a fault over HTTP', () => {
  it.each<ClickHouseErrorCode>(['engine-unavailable', 'engine-busy', 'out-of-memory', 'disk-full', 'write-lost'])(
    'may be tried again there as here, though no engine gave it a number: %s',
    (code) => {
      const fault = overHttp(
        new ClickHouseFault(code, 'The store could not be opened again whole and is tried again: so the test wants it.'),
      );
      expect([fault.code, fault.retryable]).toEqual([code, true]);
    },
  );

  it('says of a store that was closed that it is away', () => {
    expect(overHttp(new ClickHouseFault('engine-closed', 'The engine is closed.')).code).toBe('engine-unavailable');
  });

  it('stays refused where trying again does not help', () => {
    expect(overHttp(refuse('syntax', 'Empty query')).code).toBe('statement-refused');
    expect(overHttp(new ClickHouseFault('bind-refused', 'No value for x.')).code).toBe('statement-refused');
  });

  it('is one that may be tried again where no answer comes', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const client = createClient({ url: `http://127.0.0.1:${port}`, request_timeout: 50, log: { level: ClickHouseLogLevel.OFF } });
    try {
      const failure = await client.query({ query: 'SELECT 1' }).catch((error: unknown) => toFault(error, 'SELECT 1'));
      expect(failure).toMatchObject({ code: 'engine-unavailable', retryable: true });
    } finally {
      await client.close();
      silent.closeAllConnections();
      silent.close();
    }
  });
});
