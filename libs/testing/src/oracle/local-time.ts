/** Sizes of a bucket that the KPI table keeps. Weeks are rolled up from days when read. */
export const storedGrains = ['slice', 'minute', 'hour', 'day', 'month'] as const;
export type StoredGrain = (typeof storedGrains)[number];
export type Grain = StoredGrain | 'week';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** No zone changes its offset inside a quarter of an hour. */
const quarter = 15 * minute;

/**
 * The shop's calendar, from `Intl`. Instants are milliseconds since 1970 in UTC, dates are `2011-12-09`.
 * A day starts at the first instant that bears its date: where summer time skips midnight, that is one o'clock.
 */
export class LocalTime {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();
  readonly #dayStarts = new Map<string, number>();

  constructor(readonly timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** Local date of an instant. */
  dateOf(at: number): string {
    return isoDate(at + this.#offset(at));
  }

  /** First date of the local month of an instant. */
  monthOf(at: number): string {
    return firstOfMonth(this.dateOf(at));
  }

  /** `2011-12-09T12:50`, the wall clock at an instant. */
  wallClock(at: number): string {
    return new Date(at + this.#offset(at)).toISOString().slice(0, 16);
  }

  /** First instant of a local date. */
  startOfDate(date: string): number {
    const known = this.#dayStarts.get(date);
    if (known !== undefined) return known;
    // Local dates never step back as time goes on, so the first instant of one can be searched by halving.
    let before = dateNumber(date) - day;
    let start = dateNumber(date) + day;
    while (start - before > second) {
      const middle: number = Math.floor((before + start) / 2 / second) * second;
      if (this.dateOf(middle) < date) before = middle;
      else start = middle;
    }
    this.#dayStarts.set(date, start);
    return start;
  }

  /** Start of the bucket that holds an instant. Slices of five seconds and minutes do not depend on the zone. */
  bucketStart(grain: Grain, at: number): number {
    switch (grain) {
      case 'slice':
        return Math.floor(at / (5 * second)) * 5 * second;
      case 'minute':
        return Math.floor(at / minute) * minute;
      case 'hour': {
        // The hours of a day are counted from its start, also on one in which the clocks move by half an hour.
        const start = this.startOfDate(this.dateOf(at));
        return start + Math.floor((at - start) / hour) * hour;
      }
      case 'day':
        return this.startOfDate(this.dateOf(at));
      case 'week':
        return this.startOfDate(mondayOf(this.dateOf(at)));
      case 'month':
        return this.startOfDate(this.monthOf(at));
    }
  }

  /** Start of the bucket after the one that starts at `start`. */
  nextBucket(grain: Grain, start: number): number {
    switch (grain) {
      case 'slice':
        return start + 5 * second;
      case 'minute':
        return start + minute;
      case 'hour':
        return Math.min(start + hour, this.startOfDate(addDays(this.dateOf(start), 1)));
      case 'day':
        return this.startOfDate(addDays(this.dateOf(start), 1));
      case 'week':
        return this.startOfDate(addDays(this.dateOf(start), 7));
      case 'month':
        return this.startOfDate(addMonths(this.dateOf(start), 1));
    }
  }

  /** What the wall clock shows minus UTC, in milliseconds. */
  #offset(at: number): number {
    const piece = Math.floor(at / quarter);
    let offset = this.#offsets.get(piece);
    if (offset === undefined) {
      const whole = Math.floor(at / second) * second;
      const part: Record<string, number> = {};
      for (const { type, value } of this.#format.formatToParts(whole)) part[type] = Number(value);
      const { year = 0, month = 1, day: date = 1, hour: hours = 0, minute: minutes = 0, second: seconds = 0 } = part;
      offset = Date.UTC(year, month - 1, date, hours, minutes, seconds) - whole;
      this.#offsets.set(piece, offset);
    }
    return offset;
  }
}

/** First date of the month of a date. */
export function firstOfMonth(date: string): string {
  return `${date.slice(0, 7)}-01`;
}

/** Whole days from one date to another. */
export function daysBetween(from: string, to: string): number {
  return (dateNumber(to) - dateNumber(from)) / day;
}

/** Months from the month of one date to the month of another. */
export function monthsBetween(from: string, to: string): number {
  const count = (date: string): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
  return count(to) - count(from);
}

/** The first of a month, `months` later. */
export function addMonths(date: string, months: number): string {
  return isoDate(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1 + months, 1));
}

/** A date, `days` later. */
export function addDays(date: string, days: number): string {
  return isoDate(dateNumber(date) + days * day);
}

/** An instant as ClickHouse prints a DateTime64(3): `2011-12-09 12:50:00.000`. */
export function storedInstant(at: number): string {
  return new Date(at).toISOString().slice(0, 23).replace('T', ' ');
}

/** An instant as ClickHouse prints a DateTime: `2011-12-09 12:50:00`. */
export function storedBucket(at: number): string {
  return storedInstant(at).slice(0, 19);
}

/** Monday of the ISO week of a date. */
function mondayOf(date: string): string {
  const weekday = new Date(dateNumber(date)).getUTCDay();
  return addDays(date, weekday === 0 ? -6 : 1 - weekday);
}

function dateNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

function isoDate(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
