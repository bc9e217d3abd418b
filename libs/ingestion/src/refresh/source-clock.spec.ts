import type { LedgerTick, Position, Shop } from '#warehouse';
import { describe, expect, it } from 'vitest';
import { SourceClock } from './source-clock.js';

const shop: Shop = { shop: 'demo', database: 'shop_demo', timeZone: 'UTC', currency: 'EUR', fiscalYearStart: 1, clockMode: 'source' };
const tick = (now: string, offsets: Record<string, string>): LedgerTick => ({ now: `2024-01-01 ${now}:00.000`, speed: 1440, offsets });
const at = (next: bigint, partition = 0, epoch = 1): Position => ({ topic: 'transactions.v1', partition, epoch, next });
const hour = (clock: Date | null): string | undefined => clock?.toISOString().slice(11, 16);

describe('a tick takes effect', () => {
  it('only when the figures have passed every offset it names', () => {
    const clock = new SourceClock(shop);
    clock.add([tick('10:00', { 'demo.transactions.v1-0': '5', 'demo.transactions.v1-1': '3' })]);
    expect(clock.at([at(5n), at(2n, 1)])).toBeNull();
    expect(clock.at([at(5n)])).toBeNull();
    expect(hour(clock.at([at(5n), at(3n, 1)]))).toBe('10:00');
  });

  it('at once when it waits for nothing: partitions that never had a message, and topics without a ledger', () => {
    const clock = new SourceClock(shop);
    clock.add([tick('10:00', { 'demo.returns.v1-2': '0', 'demo.alerts.v1-0': '900' })]);
    expect(hour(clock.at([]))).toBe('10:00');
  });
});

describe('of several ticks', () => {
  const ticks = [1, 2, 3].map((n) => tick(`1${n}:00`, { 'demo.transactions.v1-0': `${n * 10}` }));

  it('the last one in effect counts, whatever the order in which they came', () => {
    const clock = new SourceClock(shop);
    clock.add([...ticks].reverse());
    expect(hour(clock.at([at(25n)]))).toBe('12:00');
    expect(clock.at([at(29n)])).toBeNull();
    expect(hour(clock.at([at(30n)]))).toBe('13:00');
  });

  it('the time at a place does not depend on where steps ended before it', () => {
    const timeAt = (...ends: bigint[]): string | undefined => {
      const clock = new SourceClock(shop);
      let now: Date | null = null;
      for (const end of ends) {
        if (ends[0] === end) clock.add(ticks);
        now = clock.at([at(end)]) ?? now;
      }
      return hour(now);
    };
    expect(timeAt(20n)).toBe('12:00');
    expect(timeAt(5n, 10n, 15n, 20n)).toBe('12:00');
    expect(timeAt(19n, 20n)).toBe('12:00');
  });
});
