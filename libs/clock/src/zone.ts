/** Local calendar fields of an instant. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export type CalendarUnit = 'hour' | 'day' | 'week' | 'month';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * One IANA time zone. Offsets come from Intl and are kept per quarter of an hour: no zone of the world changes its offset
 * in between, and half a million rows of an import convert in well under a second.
 */
export class Zone {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  /** @throws {RangeError} on a name that is not an IANA time zone */
  constructor(readonly name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** Local time minus UTC at an instant, in milliseconds. */
  offset(instant: number): number {
    const quarter = Math.floor(instant / (hourMs / 4));
    let offset = this.#offsets.get(quarter);
    if (offset === undefined) {
      const at = quarter * (hourMs / 4);
      const parts: Record<string, number> = {};
      for (const { type, value } of this.#format.formatToParts(at)) parts[type] = Number(value);
      offset = Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'], parts['hour'], parts['minute'], parts['second']) - at;
      this.#offsets.set(quarter, offset);
    }
    return offset;
  }

  /** Calendar fields of an instant in this zone. */
  local(instant: number): LocalTime {
    const at = new Date(instant + this.offset(instant));
    return {
      year: at.getUTCFullYear(),
      month: at.getUTCMonth() + 1,
      day: at.getUTCDate(),
      hour: at.getUTCHours(),
      minute: at.getUTCMinutes(),
      second: at.getUTCSeconds(),
    };
  }

  /**
   * The instant of a local time given as if it were UTC (`Date.UTC(...)`). Where clocks go forward the local time does not
   * exist: it is moved forward by the gap. Where they go back it exists twice: the earlier one is taken.
   */
  instant(localAsUtc: number): number {
    // The offsets on both sides of any change near this time; the larger one belongs to the earlier instant.
    const before = this.offset(localAsUtc - dayMs);
    const after = this.offset(localAsUtc + dayMs);
    const early = localAsUtc - Math.max(before, after);
    if (early + this.offset(early) === localAsUtc) return early;
    const late = localAsUtc - Math.min(before, after);
    if (late + this.offset(late) === localAsUtc) return late;
    return localAsUtc - before;
  }

  /**
   * The latest start of a unit at or before an instant. Weeks are ISO weeks: they start on Monday. Hours are counted from the start of the
   * local day, as the engine's `toStartOfHour` does: where a zone moves by a part of an hour (Lord Howe twice a year, Caracas in 2016) they
   * go on through that day, and one that the next day cuts off is shorter.
   */
  floor(instant: number, unit: CalendarUnit): number {
    if (unit === 'hour') {
      const day = this.floor(instant, 'day');
      return day + Math.floor((instant - day) / hourMs) * hourMs;
    }
    const { year, month, day } = this.local(instant);
    if (unit === 'month') return this.instant(Date.UTC(year, month - 1, 1));
    const midnight = Date.UTC(year, month - 1, day);
    if (unit === 'day') return this.instant(midnight);
    const sinceMonday = (new Date(midnight).getUTCDay() + 6) % 7;
    return this.instant(midnight - sinceMonday * dayMs);
  }

  /** The earliest start of a unit at or after an instant. */
  ceil(instant: number, unit: CalendarUnit): number {
    const floor = this.floor(instant, unit);
    return floor === instant ? instant : this.next(floor, unit);
  }

  /** The start of the following unit; `start` is the start of one. */
  next(start: number, unit: CalendarUnit): number {
    if (unit === 'hour') {
      const day = this.next(start, 'day');
      // Where clocks go back over midnight a date begins twice, and the first time may lie before.
      return day > start ? Math.min(start + hourMs, day) : start + hourMs;
    }
    const { year, month, day } = this.local(start);
    if (unit === 'month') return this.instant(Date.UTC(year, month, 1));
    return this.instant(Date.UTC(year, month - 1, day + (unit === 'week' ? 7 : 1)));
  }

  /** The start of a local date `YYYY-MM-DD`. */
  startOfDate(date: string): number {
    return this.instant(Date.parse(`${date}T00:00:00Z`));
  }

  /** `2011-03-27` or `2011-03-27T14:05` of an instant. */
  text(instant: number, withTime: boolean): string {
    return new Date(instant + this.offset(instant)).toISOString().slice(0, withTime ? 16 : 10);
  }
}
