import { describe, expect, it } from 'vitest';
import { inRequests } from './kafka-producer.js';

const message = (key: string, bytes: number) => ({ key, value: 'x'.repeat(bytes) });

describe('requests', () => {
  it('keep every message, in order, and stay below what a default topic takes', () => {
    const messages = Array.from({ length: 30 }, (_, index) => message(String(index), 100_000));
    const requests = [...inRequests(messages)];
    expect(requests.flat()).toEqual(messages);
    expect(requests.length).toBeGreaterThan(1);
    for (const request of requests) expect(request.reduce((sum, { value }) => sum + value.length, 0)).toBeLessThan(1_000_000);
  });

  it('are bounded in count too: grouping by partition is quadratic in kafkajs', () => {
    const requests = [...inRequests(Array.from({ length: 10_001 }, (_, index) => message(String(index), 1)))];
    expect(requests.map((request) => request.length)).toEqual([4_000, 4_000, 2_001]);
  });

  it('count bytes, not characters', () => {
    const euro = { key: null, value: '€'.repeat(200_000) };
    expect([...inRequests([euro, euro])].map((request) => request.length)).toEqual([1, 1]);
  });

  it('leave a message that is too large alone, so that its neighbours pass', () => {
    const requests = [...inRequests([message('a', 10), message('big', 2_000_000), message('b', 10)])];
    expect(requests.map((request) => request.map(({ key }) => key))).toEqual([['a'], ['big'], ['b']]);
  });

  it('of nothing are none', () => {
    expect([...inRequests([])]).toEqual([]);
  });
});
