import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, defineSlice, envExample, readConfig } from './index.js';

const http = defineSlice('http', {
  TIDELINE_PORT: z.coerce.number().int().min(1).max(65_535).default(7070).describe('Port of the API.'),
  TIDELINE_SECRET: z.string().min(16).optional().describe('Needed beyond loopback.'),
});

describe('readConfig', () => {
  it('gives typed values and defaults', () => {
    expect(readConfig([http], { TIDELINE_PORT: '8080', PATH: '/bin' }).get(http)).toEqual({
      TIDELINE_PORT: 8080,
      TIDELINE_SECRET: undefined,
    });
    expect(readConfig([http], { TIDELINE_PORT: '' }).get(http).TIDELINE_PORT).toBe(7070);
  });

  it('names every fault at once: bad values and misspelt names', () => {
    const read = (): unknown => readConfig([http], { TIDELINE_PORT: 'x', TIDELINE_SECRET: 'short', TIDELINE_PROT: '1' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(
      /3 faults[\s\S]*TIDELINE_PORT=x[\s\S]*TIDELINE_SECRET=\*\*\*: [\s\S]*TIDELINE_PROT is not a setting\. Did you mean TIDELINE_PORT\?/,
    );
  });

  it('knows what other processes read, and leaves what is of other programs', () => {
    const others = { TIDELINE_STORE_WRITE_PORT: '1', TIDELINE_API_URL: 'x', SHOP_TIMEZONE: 'UTC', KAFKA_BROKERS: 'a:1' };
    const machine = { KAFKA_HOME: '/opt/kafka', KAFKA_OPTS: '', KAFKA_HEAP_OPTS: '-Xmx1g', CLICKHOUSE_PASSWORD: 'x', CLICKHOUSE_USER: 'x' };
    expect(readConfig([http], { ...others, ...machine, SHOP_NAME: 'x' }).get(http).TIDELINE_PORT).toBe(7070);
    for (const [name, meant] of [
      ['KAFKA_BROKER', 'KAFKA_BROKERS'],
      ['CLICKHOUSE_URI', 'CLICKHOUSE_URL'],
      ['SHOP_TIME_ZONE', 'SHOP_TIMEZONE'],
      ['TIDELINE_STORE_WRITEPORT', 'TIDELINE_STORE_WRITE_PORT'],
    ] as const)
      expect(() => readConfig([http], { [name]: 'x' })).toThrow(`${name} is not a setting. Did you mean ${meant}?`);
    expect(() => readConfig([http], { TIDELINE_NONSENSE: 'x' })).toThrow(/TIDELINE_NONSENSE is not a setting\. The settings/);
  });

  it('says of a value that may carry a secret what is wrong with it, and not the value', () => {
    const url = defineSlice('store', { CLICKHOUSE_URL: z.url({ protocol: /^https?$/ }) });
    expect(() => readConfig([url], { CLICKHOUSE_URL: 'tideline:in-clear@host' })).toThrow(/CLICKHOUSE_URL=\*\*\*: /);
    expect(() => readConfig([url], {})).toThrow(/CLICKHOUSE_URL=: /);
  });

  it('prints every knob with its reason', () => {
    expect(envExample([http])).toContain('# Port of the API.\n#TIDELINE_PORT=7070\n');
  });
});
