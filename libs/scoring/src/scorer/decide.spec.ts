import { describe, expect, it } from 'vitest';
import { advanceCourse, silentAt, unassessed, type Assessment, type Course, type Visit } from './decide.js';

const found = (band: Assessment['band'], nextCrossing?: number): Assessment => ({ ...unassessed, probability: 0.5, band, nextCrossing });
const event = (at: number, assessment: Assessment): Visit => ({ at, cause: 'event', assessment, muted: false });
const silence = (at: number, assessment: Assessment): Visit => ({ at, cause: 'silence', assessment, muted: false });
const course = (change: Partial<Course>): Course => ({
  customerId: 'c',
  visits: [],
  done: 0,
  band: 'low',
  nextCrossing: undefined,
  ...change,
});
const words = (decisions: ReturnType<typeof advanceCourse>): string =>
  decisions.map(({ decidedAt, cause, previousBand, band }) => `${decidedAt} ${cause} ${previousBand}>${band}`).join(', ');

describe('a crossing', () => {
  it.each([
    ['before the next event comes first', course({ visits: [event(20, found('low'))], nextCrossing: 10 }), -Infinity, 10],
    ['at the instant of the event is void', course({ visits: [event(20, found('low'))], nextCrossing: 20 }), 100, undefined],
    ['behind the event waits for what the event brings', course({ visits: [event(20, found('low'))], nextCrossing: 30 }), 100, undefined],
    ['that the clock has reached', course({ nextCrossing: 10 }), 10, 10],
    ['that the clock has not reached', course({ nextCrossing: 11 }), 10, undefined],
    ['there is none', course({}), 10, undefined],
  ])('%s', (_, open, clock, wanted) => {
    expect(silentAt(open, clock)).toBe(wanted);
  });
});

it('goes through events and the silences between them, each from where the one before it left', () => {
  const open = course({
    visits: [event(20, found('low', 50)), event(60, found('medium', 90)), event(70, found('medium', 80))],
    nextCrossing: 10,
  });
  expect(words(advanceCourse(open, 85, 'm'))).toBe('');
  expect(words(advanceCourse(open, 85, 'm', silence(10, found('medium', 200))))).toBe('10 silence low>medium, 20 event medium>low');
  expect(silentAt(open, 85)).toBe(50);
  const rest = advanceCourse(open, 85, 'm', silence(50, found('high', 300)));
  expect(words(rest)).toBe('50 silence low>high, 60 event high>medium, 70 event medium>medium');
  expect(words(advanceCourse(open, 85, 'm', silence(80, found('high', 1_000))))).toBe('80 silence medium>high');
  expect([open.done, open.band, open.nextCrossing]).toEqual([3, 'high', 1_000]);
});

it('says nothing of who has no score and had none, and takes a score away where the last order was cancelled', () => {
  expect(words(advanceCourse(course({ band: 'none', visits: [event(5, unassessed)] }), 0, 'm'))).toBe('');
  expect(words(advanceCourse(course({ band: 'high', visits: [event(5, unassessed)] }), 0, 'm'))).toBe('5 event high>none');
});
