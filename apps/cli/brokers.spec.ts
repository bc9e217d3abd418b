import { expect, it } from 'vitest';
import { parseBrokers } from './brokers.js';

it('are those that the command names, each with its port', () => {
  expect(parseBrokers('127.0.0.1:29092, other:9092')).toEqual(['127.0.0.1:29092', 'other:9092']);
  expect(() => parseBrokers('127.0.0.1')).toThrow(/"127\.0\.0\.1" is not host:port/);
});
