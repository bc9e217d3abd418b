export { dateAfter } from './calendar-date.js';
export { Pace } from './pace.js';
export { REAL_CLOCK, systemClock, type RealClock } from './real-clock.js';
export { timeZoneFault, timeZoneNames } from './zone-names.js';
export { Zone, type CalendarUnit, type LocalTime } from './zone.js';
