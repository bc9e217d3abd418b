import type { SliceValues } from '#config';
import type { ShopSettingsBody } from '#contracts';
import { join } from 'node:path';
import { FaultyWorld } from './faults/faulty-world.js';
import { worldCurrency, worldTimeZone } from './law/calendar.js';
import type { SimulatorOptions } from './live/simulator.service.js';
import type { simulationConfig } from './simulation.config.js';
import { World } from './world/world.js';

/** The simulated shop, by whichever process it is sent. */
export const demoShop = 'demo';

/** What it has to be registered with; its ticks move its clock. */
export const demoSettings: ShopSettingsBody = { timeZone: worldTimeZone, currency: worldCurrency, fiscalYearStart: 1, clock: 'source' };

/**
 * The world that the settings ask for.
 * @param data directory of the process; the place in the world is kept there
 * @throws {SimulationError} `seed-invalid`
 */
export function demoWorld(settings: SliceValues<(typeof simulationConfig)['shape']>, data: string): SimulatorOptions {
  const world = new World({ profile: settings.TIDELINE_SIMULATOR_PROFILE, seed: settings.TIDELINE_SIMULATOR_SEED });
  const faults = settings.TIDELINE_SIMULATOR_FAULTS;
  return {
    shop: demoShop,
    events: faults ? new FaultyWorld(world, faults) : world,
    speed: settings.TIDELINE_SIMULATOR_SPEED,
    until: settings.TIDELINE_SIMULATOR_UNTIL,
    cursorPath: join(data, 'simulator', 'cursor.json'),
  };
}
