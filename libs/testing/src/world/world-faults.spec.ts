import { profileOf, World, type WorldEvent } from '#simulation';
import { describe, expect, it } from 'vitest';
import { aTick } from '../builders/index.js';
import type { StoredMessage } from './stored-messages.js';
import { ticksIn, worldFaults } from './world-faults.js';

const world = new World({ profile: { ...profileOf('rich'), name: 'small', customers: 20, products: 5 }, seed: 1 });
const events = [...world.history()];
const through = events[Math.floor(events.length / 2)]?.at ?? 0;

const stored = (messages: readonly Pick<WorldEvent, 'topic' | 'value'>[]): StoredMessage[] =>
  messages.map(({ topic, value }, index) => ({ topic, value, partition: 0, offset: BigInt(index) }) as StoredMessage);

const none = { missing: [], foreign: [], altered: [], ticksBack: [], repeated: 0 };
const upTo = events.filter(({ at }) => at <= through);

describe('the comparison of topics with a world', () => {
  it('finds nothing where everything is there, in whatever order, and beyond the instant some more', () => {
    expect(worldFaults(stored([...events].reverse()), events, through)).toEqual(none);
    expect(worldFaults(stored(upTo), events, through)).toEqual(none);
  });

  it('allows what comes twice byte for byte, and counts it', () => {
    expect(worldFaults(stored([...upTo, ...upTo.slice(0, 3)]), events, through)).toEqual({ ...none, repeated: 3 });
  });

  it('names a gap, a fork and a changed byte', () => {
    const [first, second] = upTo as [WorldEvent, WorldEvent];
    const nameOf = ({ topic, value }: WorldEvent): string => `${topic} ${(JSON.parse(value) as { id: string }).id}`;
    expect(worldFaults(stored(upTo.slice(1)), events, through)).toEqual({ ...none, missing: [nameOf(first)] });
    const other = { ...first, value: first.value.replace('"id":"', '"id":"other-') };
    expect(worldFaults(stored([...upTo, other]), events, through)).toEqual({ ...none, foreign: [nameOf(other)] });
    const timeless = { ...other, value: '{"id":"nobody"}' };
    expect(worldFaults(stored([...upTo, timeless]), events, through).foreign).toEqual([nameOf(timeless)]);
    const changed = { ...second, value: `${second.value} ` };
    expect(worldFaults(stored([first, ...upTo.slice(2), changed]), events, through)).toEqual({
      ...none,
      missing: [nameOf(second)],
      altered: [nameOf(second)],
    });
  });

  it('names a tick that goes back', () => {
    const ticks = ['2024-01-02T00:00:00Z', '2024-01-03T00:00:00Z', '2024-01-02T12:00:00Z'].map((now) => aTick({ now }));
    const all = stored([...upTo, ...ticks.map(({ topic, value }) => ({ topic, value: value.toString() }))]);
    expect(ticksIn(all)).toHaveLength(3);
    expect(worldFaults(all, events, through)).toEqual({ ...none, ticksBack: ['2024-01-02T12:00:00.000Z'] });
  });
});
