import { historyDays } from './constants.data.js';

export const dayMs = 86_400_000;

/** The first instant of the world. Days are UTC days, so none has 23 hours and no local time comes twice in a file. */
export const worldStart = Date.UTC(2024, 0, 1);

/** The instant at which the history ends and live begins. */
export const worldEnd = worldStart + historyDays * dayMs;

/** The last day of the world: the contracts know no instant after 2099. */
export const lastDay = (Date.UTC(2099, 11, 1) - worldStart) / dayMs;

/** Zone and currency that a shop must have to take this world. */
export const worldTimeZone = 'UTC';
export const worldCurrency = 'EUR';

/** Day of the world on which an instant lies; 0 is the first. */
export function dayOf(instant: number): number {
  return Math.floor((instant - worldStart) / dayMs);
}

/** `2024-02-29` of a day of the world. */
export function dateText(day: number): string {
  return new Date(worldStart + day * dayMs).toISOString().slice(0, 10);
}

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** `2024-02-29T12:30:00Z`; the world knows whole seconds. Put together by hand: three of them stand in every event. */
export function instantText(instant: number): string {
  const day = dayOf(instant);
  const second = Math.floor((instant - worldStart - day * dayMs) / 1_000);
  const minute = Math.floor(second / 60);
  return `${dateText(day)}T${twoDigits[Math.floor(minute / 60)]}:${twoDigits[minute % 60]}:${twoDigits[second % 60]}Z`;
}
