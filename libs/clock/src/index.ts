export { Zone, type CalendarUnit, type LocalTime } from './zone.js';
