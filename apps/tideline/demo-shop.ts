import type { ResolvedConfig } from '#config';
import { FaultyWorld, simulationConfig, World, worldCurrency, worldTimeZone, type SimulatorOptions } from '#simulation';
import type { ShopSettings } from '#warehouse';
import { join } from 'node:path';

/** The simulated shop that `npm start` shows; its ticks move its clock. */
export const demoShop: ShopSettings = {
  shop: 'demo',
  timeZone: worldTimeZone,
  currency: worldCurrency,
  fiscalYearStart: 1,
  clockMode: 'source',
};

/** The world that the settings ask for. @param data directory of the instance; the simulator's place in its world is kept there */
export function demoWorld(config: ResolvedConfig, data: string): SimulatorOptions {
  const settings = config.get(simulationConfig);
  const world = new World({ profile: settings.TIDELINE_SIMULATOR_PROFILE, seed: settings.TIDELINE_SIMULATOR_SEED });
  const faults = settings.TIDELINE_SIMULATOR_FAULTS;
  return {
    shop: demoShop.shop,
    events: faults ? new FaultyWorld(world, faults) : world,
    speed: settings.TIDELINE_SIMULATOR_SPEED,
    cursorPath: join(data, 'simulator', 'cursor.json'),
  };
}
