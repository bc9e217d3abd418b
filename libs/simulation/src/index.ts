export { World, type WorldOptions } from './world/world.js';
export type { WorldEvent } from './world/event-maker.js';
export { profileNames, profileOf, type LoadSize, type Profile, type ProfileName } from './law/profiles.js';
export { worldCurrency, worldEnd, worldStart, worldTimeZone } from './law/calendar.js';
export { SimulationError, type SimulationErrorCode } from './simulation.errors.js';
export {
  SimulatorService,
  type EventSource,
  type SimulatorOptions,
  type SimulatorPhase,
  type SimulatorState,
} from './live/simulator.service.js';
export { demoSettings, demoShop, demoWorld } from './demo-shop.js';
export { SimulationModule } from './simulation.module.js';
export { simulationConfig } from './simulation.config.js';
export { writeCsvFiles, type FileName, type FilesWritten } from './files/csv-files.js';
export { groundTruth, groundTruthColumns } from './files/ground-truth.js';
export { FaultyWorld, type FaultyEvent } from './faults/faulty-world.js';
export { faultNames, faultRates, type FaultName, type FaultRates } from './faults/fault-rates.js';
