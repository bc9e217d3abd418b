/** Texts of instants in the shop's zone. All take UTC instants as the API writes them. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** A zone that this browser does not know reads as UTC; `zoneText` then says so. */
function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: knows(zone) ? zone : 'UTC', hourCycle: 'h23' });
    formats.set(key, found);
  }
  return found;
}

const known = new Map<string, boolean>();

function knows(zone: string): boolean {
  let found = known.get(zone);
  if (found === undefined) known.set(zone, (found = isZone(zone)));
  return found;
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const date = { day: 'numeric', month: 'short', year: 'numeric' } as const;
const clock = { hour: '2-digit', minute: '2-digit' } as const;

/** `Europe/London`, or `UTC` where the browser does not know the zone. */
export function zoneText(zone: string): string {
  return knows(zone) ? zone : `UTC (this browser does not know ${zone})`;
}

/** `9 Dec 2011, 12:50:00` */
export function instantText(instant: string, zone: string): string {
  return format(zone, { ...date, ...clock, second: '2-digit' }).format(new Date(instant));
}

/** A calendar date, `2011-12-09` as `9 Dec 2011`. */
export function dateText(day: string): string {
  return format('UTC', date).format(new Date(`${day}T00:00:00Z`));
}

/** `12:50:00`, or `9 Dec 12:50` when that is not the day of `now`. */
export function feedTimeText(instant: string, zone: string, now: string | null): string {
  const at = new Date(instant);
  const isToday = now !== null && format(zone, date).format(new Date(now)) === format(zone, date).format(at);
  if (isToday) return format(zone, { ...clock, second: '2-digit' }).format(at);
  return `${format(zone, { day: 'numeric', month: 'short' }).format(at)} ${format(zone, clock).format(at)}`;
}

/** A bucket's start on an axis, as short as its grain allows. */
export function bucketText(instant: string, zone: string, grain: string): string {
  const at = new Date(instant);
  if (grain === 'minute') return format(zone, clock).format(at);
  if (grain === 'hour') return format(zone, { day: 'numeric', month: 'short', ...clock }).format(at);
  if (grain === 'month') return format(zone, { month: 'short', year: 'numeric' }).format(at);
  return format(zone, date).format(at);
}

/** A span whose end is excluded, as people say it: whole days by their last day, others with their times. */
export function spanText(from: string | null, to: string | null, zone: string): string {
  if (from === null && to === null) return 'the whole history';
  const isMidnight = (instant: string): boolean => format(zone, { ...clock, second: '2-digit' }).format(new Date(instant)) === '00:00:00';
  const day = (at: number): string => format(zone, date).format(at);
  // At the stroke of midnight a day so far is empty: it has no last day.
  if (from !== null && to !== null && from !== to && isMidnight(from) && isMidnight(to)) {
    const [first, last] = [day(Date.parse(from)), day(Date.parse(to) - 1)];
    return first === last ? first : `${first} – ${last}`;
  }
  const text = (instant: string): string => format(zone, { ...date, ...clock }).format(new Date(instant));
  if (from !== null && to !== null && day(Date.parse(from)) === day(Date.parse(to))) {
    return `${text(from)} – ${format(zone, clock).format(new Date(to))}`;
  }
  return `${from === null ? 'the beginning' : text(from)} – ${to === null ? 'now' : text(to)}`;
}

/** How long ago, coarsely: `0 s`, `8 s`, `3 min`, `2 h`, `5 d`. */
export function ageText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
