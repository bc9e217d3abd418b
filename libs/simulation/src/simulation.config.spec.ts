import { readConfig } from '#config';
import { shopSettings } from '#contracts';
import { describe, expect, it } from 'vitest';
import { demoSettings, demoWorld } from './demo-shop.js';
import { worldCurrency, worldEnd, worldTimeZone } from './law/calendar.js';
import { simulationConfig } from './simulation.config.js';
import { healthOf } from './simulation.module.js';

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

  it('read where to stand still, as a day or an instant', () => {
    const until = (text: string) => read({ TIDELINE_SIMULATOR_UNTIL: text }).TIDELINE_SIMULATOR_UNTIL;
    expect(until('2026-01-01')).toBe(worldEnd);
    expect(until('2025-06-01T12:00:00Z')).toBe(Date.UTC(2025, 5, 1, 12));
    expect(read({}).TIDELINE_SIMULATOR_UNTIL).toBeUndefined();
    for (const text of ['tomorrow', '2025-02-30', '2025-06-01T12:00:00', '2024-01-01'])
      expect(() => until(text)).toThrow(/TIDELINE_SIMULATOR_UNTIL=.*(must be a day|must be later than 2024-01-01)/);
  });

  it('make the world of the shop demo', () => {
    const world = (env: Record<string, string>) => demoWorld(read(env), '/data');
    expect(world({})).toMatchObject({
      shop: 'demo',
      speed: 1_440,
      until: undefined,
      cursorPath: '/data/simulator/cursor.json',
      events: { source: '/tideline/simulator/seed/4' },
    });
    const other = world({
      TIDELINE_SIMULATOR_PROFILE: 'rich',
      TIDELINE_SIMULATOR_SEED: '9',
      TIDELINE_SIMULATOR_SPEED: '60',
      TIDELINE_SIMULATOR_UNTIL: '2026-01-01',
    });
    expect(other).toMatchObject({ speed: 60, until: worldEnd, events: { source: '/tideline/simulator/rich/9' } });
    const late = world({ TIDELINE_SIMULATOR_FAULTS: 'late=1' }).events;
    expect(late.identity).not.toBe(world({}).events.identity);
  });

  it('fit what the shop is registered with', () => {
    expect(shopSettings.parse(demoSettings)).toEqual(demoSettings);
    expect(demoSettings).toMatchObject({ timeZone: worldTimeZone, currency: worldCurrency, clock: 'source' });
  });
});

describe('the health of the simulator', () => {
  it.each([
    ['idle', false],
    ['history', true],
    ['live', true],
    ['ended', true],
    ['stopped', false],
    ['failed', false],
  ] as const)('%s', (phase, ready) => {
    const report = healthOf('demo', {
      phase,
      through: worldEnd,
      sent: 0,
      speed: 1,
      error: phase === 'failed' ? new Error('why') : undefined,
    });
    expect(report).toEqual({ ready, detail: `demo: ${phase} at 2026-01-01T00:00:00.000Z${phase === 'failed' ? ', why' : ''}` });
  });
});
