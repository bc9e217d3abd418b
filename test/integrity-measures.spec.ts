import type { Measure } from '#testing';
import { describe, expect, it, vi } from 'vitest';
import { killMeasures } from './integrity/broker/killed-broker.js';
import { worldMeasures } from './integrity/demo.js';
import { propertyMeasures } from './integrity/properties/properties.js';
import { silenceMeasures } from './integrity/silence/silence.js';
import { runMeasures } from './run-measures.js';

const missed = (measures: readonly Measure[]): string[] => measures.filter(({ ok }) => !ok).map(({ measure }) => measure);

describe('a proof in which nothing happened is none', () => {
  it('of repetitions without a repetition', () => {
    const line = '2025-01-01 10:00:00.000 c1 silence none>risk';
    const told = { id: '1', key: 'c1', value: '{}', line: '{"decidedAt":"2025-01-01T10:00:00.000Z","customerId":"c1","band":"risk"}' };
    const calm = { stored: Array.from({ length: 60 }, () => line), told: [told] };
    const run = { kills: 8, killed: 8, aimed: 1, calm };
    expect(missed(silenceMeasures({ ...run, of: { ...calm, told: [told, told] } }))).toEqual([]);
    expect(missed(silenceMeasures({ ...run, of: calm }))).toEqual(['messages told more than once']);
    expect(missed(silenceMeasures({ ...run, aimed: 0, of: { ...calm, told: [told, told] } }))).toEqual([
      'of them between telling and the note of it',
    ]);
  });

  it('of a world whose simulator was killed, where nothing came again', () => {
    const faults = { missing: [], foreign: [], altered: [], ticksBack: [], repeated: 0 };
    expect(missed(worldMeasures('after them', faults, 1))).toEqual(['after them: events that came again, byte for byte']);
    expect(missed(worldMeasures('after them', { ...faults, repeated: 1 }, 1))).toEqual([]);
    expect(missed(worldMeasures('alone', faults))).toEqual([]);
  });

  it('of crashes without a crash, unless one run is wanted again', () => {
    const counts = { runs: 200, commands: 9, crashes: 0, failures: 1, comparisons: 5 };
    expect(missed(propertyMeasures(counts, 0, false))).toEqual(['crashes']);
    expect(missed(propertyMeasures(counts, 0, true))).toEqual([]);
    expect(missed(propertyMeasures({ ...counts, runs: 0 }, 0, true))).toEqual(['runs']);
  });

  it('of a broker under load that was killed when nobody sent to it', () => {
    expect(missed(killMeasures(5, ['history', 'history', 'history', 'live', 'live']))).toEqual([]);
    expect(missed(killMeasures(5, ['live', 'live', 'live', 'live', 'ended']))).toEqual([
      'of them while the history was sent',
      'of them live',
    ]);
  });

  it.each(['--seeds', '--kills', '--minutes', '--events', '--customers'])('of none of something: %s 0', async (option) => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const command = vi.fn();
    expect(await runMeasures({ clock: command }, ['clock', option, '0'])).toBe(2);
    expect(String(said.mock.calls[0]?.[0])).toContain(`${option} takes a whole number from 1 on, not 0.`);
    said.mockRestore();
    expect(command).not.toHaveBeenCalled();
  });
});
