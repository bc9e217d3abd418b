export { Pace } from './pace.js';
export { REAL_CLOCK, systemClock, type RealClock } from './real-clock.js';
export { Zone, type CalendarUnit, type LocalTime } from './zone.js';
