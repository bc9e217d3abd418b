import type { SliceValues } from '#config';
import type { ShopSettingsBody } from '#contracts';
import { join } from 'node:path';
import { worldCurrency, worldTimeZone } from './law/calendar.js';
import { batchesOnThread, worldOf, type WorldWords } from './live/batches.js';
import type { SimulatorOptions } from './live/simulator.service.js';
import type { simulationConfig } from './simulation.config.js';

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
  const words: WorldWords = {
    profile: settings.TIDELINE_SIMULATOR_PROFILE,
    seed: settings.TIDELINE_SIMULATOR_SEED,
    faults: settings.TIDELINE_SIMULATOR_FAULTS,
  };
  return {
    shop: demoShop,
    events: worldOf(words),
    batches: (after) => batchesOnThread(words, after),
    speed: settings.TIDELINE_SIMULATOR_SPEED,
    until: settings.TIDELINE_SIMULATOR_UNTIL,
    cursorPath: join(data, 'simulator', 'cursor.json'),
  };
}
