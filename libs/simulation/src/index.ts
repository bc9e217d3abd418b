export { World, type WorldOptions } from './world/world.js';
export type { WorldEvent } from './world/event-maker.js';
export { profileNames, profileOf, type LoadSize, type Profile, type ProfileName } from './law/profiles.js';
export { worldCurrency, worldEnd, worldStart, worldTimeZone } from './law/calendar.js';
export { SimulationError, type SimulationErrorCode } from './simulation.errors.js';
