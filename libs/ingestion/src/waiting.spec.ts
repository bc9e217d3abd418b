import { describe, expect, it } from 'vitest';
import { Waiting, type PartitionPlace } from './waiting.js';

const at = (next: number, end: number | null, epoch = 1): PartitionPlace[] => [
  { topic: 'transactions.v1', partition: 0, epoch, next: String(next), brokerEnd: end === null ? null : String(end) },
];

describe('how long messages wait', () => {
  it('is nothing while the figures reach what was there a moment ago, though some always wait', () => {
    const waiting = new Waiting();
    for (let second = 0; second < 100; second += 1) expect(waiting.look(second * 1_000, at(second * 50, second * 50 + 20))).toBe(0);
  });

  it('grows from the look at which the oldest of them was there first, and ends with it', () => {
    const waiting = new Waiting();
    expect(waiting.look(0, at(10, 10))).toBe(0);
    expect(waiting.look(1_000, at(10, 30))).toBe(0);
    expect(waiting.look(2_000, at(10, 60))).toBe(1_000);
    // What came second is still there.
    expect(waiting.look(3_000, at(30, 90))).toBe(1_000);
    expect(waiting.look(4_000, at(30, 90))).toBe(2_000);
    expect(waiting.look(5_000, at(90, 90))).toBe(0);
    expect(waiting.look(9_000, at(90, 95))).toBe(0);
  });

  it('waits for each partition', () => {
    const waiting = new Waiting();
    const places = (next: number): PartitionPlace[] => [...at(50, 50), { ...at(next, 9)[0], topic: 'returns.v1' } as PartitionPlace];
    waiting.look(0, places(0));
    expect([waiting.look(5_000, places(8)), waiting.look(6_000, places(9))]).toEqual([5_000, 0]);
  });

  it('is over with an epoch that was left behind', () => {
    const waiting = new Waiting();
    waiting.look(0, at(10, 500));
    expect(waiting.look(4_000, at(10, 500))).toBe(4_000);
    expect(waiting.look(5_000, at(2, 3, 2))).toBe(0);
  });

  it('keeps the beginning through hours of waiting, and through a broker that is away', () => {
    const waiting = new Waiting();
    const hours = 3 * 3_600;
    for (let second = 0; second < hours; second += 1) waiting.look(second * 1_000, at(0, second % 7 === 6 ? null : second + 1));
    expect(waiting.look(hours * 1_000, at(0, null))).toBe(hours * 1_000);
  });
});
