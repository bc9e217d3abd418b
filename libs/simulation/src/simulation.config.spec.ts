import { readConfig } from '#config';
import { describe, expect, it } from 'vitest';
import { simulationConfig } from './simulation.config.js';

const read = (env: Record<string, string>) => readConfig([simulationConfig], env).get(simulationConfig);

describe('the settings of the simulator', () => {
  it('have the defaults of the first start', () => {
    expect(read({})).toMatchObject({ TIDELINE_SIMULATOR_PROFILE: 'seed', TIDELINE_SIMULATOR_SPEED: 1_440 });
    expect(read({}).TIDELINE_SIMULATOR_SEED).toBeUndefined();
  });

  it('read faults by name', () => {
    expect(read({ TIDELINE_SIMULATOR_FAULTS: 'late=0.05, duplicates=0.01' }).TIDELINE_SIMULATOR_FAULTS).toMatchObject({
      late: 0.05,
      duplicates: 0.01,
      poison: 0,
    });
  });

  it.each(['lates=0.1', 'late=2', 'late', 'late='])('say what is wrong with %s', (text) => {
    expect(() => read({ TIDELINE_SIMULATOR_FAULTS: text })).toThrow(/TIDELINE_SIMULATOR_FAULTS=.*(no fault lates|from 0 to 1)/);
  });
});
