import type { ClockTick } from '#contracts';
import { columnInstant, type Mapped } from './ledger-mapper.js';

/** A tick of the shop's clock -> `ledger_clock`. Ticks have no entity: each stands for itself. */
export function mapClockTick(tick: ClockTick, subject: string): Mapped {
  return {
    subject,
    entityId: 'clock',
    revision: 1,
    happenedAt: [],
    currency: undefined,
    duplicateLine: undefined,
    values: [columnInstant(tick.now), tick.speed, tick.offsets],
  };
}
