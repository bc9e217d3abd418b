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

  it('says of a value that may carry a secret what is wrong with it, and not the value', () => {
    const url = defineSlice('store', { CLICKHOUSE_URL: z.url({ protocol: /^https?$/ }) });
    expect(() => readConfig([url], { CLICKHOUSE_URL: 'tideline:in-clear@host' })).toThrow(/CLICKHOUSE_URL=\*\*\*: /);
    expect(() => readConfig([url], {})).toThrow(/CLICKHOUSE_URL=: /);
  });

  it('prints every knob with its reason', () => {
    expect(envExample([http])).toContain('# Port of the API.\n#TIDELINE_PORT=7070\n');
  });
});
