import { afterEach, describe, expect, it, vi } from 'vitest';
import { brokersHere, parseBrokers } from './brokers.js';

afterEach(() => vi.unstubAllEnvs());

describe('the brokers of a command', () => {
  it('are those it names', () => {
    expect(parseBrokers('127.0.0.1:29092, other:9092')).toEqual(['127.0.0.1:29092', 'other:9092']);
    expect(() => parseBrokers('127.0.0.1')).toThrow(/"127\.0\.0\.1" is not host:port/);
  });

  it('or those of the settings here, or nobody says', async () => {
    vi.stubEnv('KAFKA_BROKERS', '127.0.0.1:29092');
    expect(await brokersHere()).toEqual(['127.0.0.1:29092']);
    vi.stubEnv('KAFKA_BROKERS', '');
    expect(await brokersHere()).toBeUndefined();
  });
});
