import { expect, it } from 'vitest';
import { calendarDate, instant } from './primitives.js';

/** As JavaScript's own calendar sees it: a real date survives the round trip. */
function isReal(text: string): boolean {
  const parsed = new Date(text);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 19) === text.slice(0, 19);
}

it('takes the instants of the calendar, and no others', () => {
  const two = (value: number): string => String(value).padStart(2, '0');
  let real = 0;
  for (const year of [1971, 1972, 1999, 2000, 2023, 2024, 2099]) {
    for (let month = 0; month <= 13; month += 1) {
      for (let day = 0; day <= 32; day += 1) {
        for (const time of ['00:00:00', '23:59:59', '24:00:00', '12:60:00', '12:00:60']) {
          const text = `${year}-${two(month)}-${two(day)}T${time}Z`;
          expect([text, instant.safeParse(text).success]).toEqual([text, isReal(text)]);
          if (isReal(text)) real += 1;
        }
        const date = `${year}-${two(month)}-${two(day)}`;
        expect([date, calendarDate.safeParse(date).success]).toEqual([date, isReal(`${date}T00:00:00Z`)]);
      }
    }
  }
  expect(real).toBe((4 * 365 + 3 * 366) * 2);
});
