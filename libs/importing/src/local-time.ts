import { Zone } from '#clock';
import type { Mapping } from './mapping.js';

const tokens: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{2})',
  D: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
  SSS: '(?<milli>\\d{3})',
};

const parts = /YYYY|SSS|MM|DD|HH|mm|ss|M|D|H/g;

/** What is wrong with a format, or undefined: a letter that means nothing would silently fit no row. */
export function timeFormatFault(format: string): string | undefined {
  const unknown = /[A-Za-z]/.exec(format.replace(parts, '').replace('T', ''));
  const found = (format.match(parts) ?? []).map((part) =>
    part === 'mm' ? 'minute' : (part[0] ?? '').toUpperCase() + (/^S/.test(part) ? 'SS' : ''),
  );
  if (unknown) return `"${unknown[0]}" means nothing; the parts are ${Object.keys(tokens).join(', ')}`;
  return new Set(found).size < found.length ? 'names one part twice' : undefined;
}

/**
 * Reads local times of a file. Where clocks go forward a time that did not exist moves forward by the gap; where they go
 * back the earlier of the two is taken. Files repeat their times, so each text is worked out once.
 * @returns the instant in Unix milliseconds, or undefined when no format fits or the date does not exist
 */
export function compileTime({ time, timeZone }: Mapping): (text: string) => number | undefined {
  const zone = new Zone(timeZone);
  const patterns = time.formats.map(
    (format) =>
      new RegExp(`^${format.replace(/YYYY|SSS|MM|DD|HH|mm|ss|M|D|H|[.*+?^${}()|[\]\\/]/g, (part) => tokens[part] ?? `\\${part}`)}$`),
  );
  const [fixedHour = 12, fixedMinute = 0] = time.timeOfDay.split(':').map(Number);
  const known = new Map<string, number | undefined>();

  const read = (text: string): number | undefined => {
    for (const pattern of patterns) {
      const found = pattern.exec(text.trim())?.groups;
      if (!found) continue;
      const [year, month, day] = [Number(found['year']), Number(found['month'] ?? 1), Number(found['day'] ?? 1)];
      const [hour, minute] = found['hour'] === undefined ? [fixedHour, fixedMinute] : [Number(found['hour']), Number(found['minute'] ?? 0)];
      const second = Number(found['second'] ?? 0);
      const local = Date.UTC(year, month - 1, day, hour, minute, second, Number(found['milli'] ?? 0));
      const back = new Date(local);
      // Date.UTC rolls 31 April over into May; a real time survives the round trip.
      if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day || back.getUTCHours() !== hour || back.getUTCMinutes() !== minute)
        return undefined;
      const instant = zone.instant(local);
      // The range of the contracts; Date.UTC also takes the year 71 for 1971.
      return year > 99 && instant >= Date.UTC(1971, 0) && instant < Date.UTC(2100, 0) ? instant : undefined;
    }
    return undefined;
  };
  return (text) => {
    if (known.has(text)) return known.get(text);
    const instant = read(text);
    known.set(text, instant);
    return instant;
  };
}
