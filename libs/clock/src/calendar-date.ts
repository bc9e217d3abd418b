/** A calendar date, `2026-01-31`, and so many days after it; before it where they are less than 0. @throws {RangeError} for what is no date */
export function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}
