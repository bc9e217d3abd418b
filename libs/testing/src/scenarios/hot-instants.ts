import { LocalTime } from '../oracle/index.js';

const hour = 3_600_000;

/** Instants of a year at which a mistake about the zone shows: around local months' starts, midnights and changes of the clock. */
export function hotInstants(timeZone: string, year: number): number[] {
  const time = new LocalTime(timeZone);
  const instants: number[] = [];
  for (let month = 1; month <= 12; month += 1) {
    const start = time.startOfDate(`${year}-${String(month).padStart(2, '0')}-01`);
    // The last moments of the month before, the first of this one, a plain noon, and two in one slice of five seconds.
    if (month > 1) instants.push(start - 1, start - 30 * 60_000, start - 5_000);
    instants.push(start, start + 4_999, start + 30 * 60_000, start + 12 * hour, start + 12 * hour + 2_500, start + 9.25 * 24 * hour);
  }
  const offset = (at: number): number => Date.parse(`${time.wallClock(at)}Z`) - Math.floor(at / 60_000) * 60_000;
  for (let at = Date.UTC(year, 0, 2); at < Date.UTC(year, 11, 30); at += hour) {
    if (offset(at) === offset(at - hour)) continue;
    // Where the clock goes back, both passes through the repeated hour.
    for (const shift of [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5]) instants.push(at + shift * hour, at + shift * hour + 1_234);
  }
  return instants;
}
