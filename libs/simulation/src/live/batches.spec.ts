import { describe, expect, it } from 'vitest';
import { profileOf } from '../law/profiles.js';
import { World } from '../world/world.js';
import { inBatches } from './batches.js';
import { Peekable } from './peekable.js';

const dayMs = 86_400_000;
const world = new World({ profile: { ...profileOf('rich'), name: 'small', customers: 6_000, products: 60 }, seed: 5 });
const until = world.start + 60 * dayMs;
function* firstDays() {
  for (const event of world.after(world.start - 1)) {
    if (event.at >= until) return;
    yield event;
  }
}

describe('batches of a world', () => {
  it('are its events, cut into pieces', () => {
    const batches = [...inBatches(firstDays())];
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.flat()).toEqual([...firstDays()]);
  });

  it('are taken across their borders, up to an instant or a size, and looked at without being taken', async () => {
    const events = [...firstDays()];
    const source = new Peekable(inBatches(firstDays()));
    const half = world.start + 30 * dayMs;
    const taken = [];
    for (let some = await source.takeBefore(half, 1_000); some.length > 0; some = await source.takeBefore(half, 1_000)) {
      expect(some.slice(0, -1).reduce((sum, { value }) => sum + value.length, 0)).toBeLessThan(1_000);
      taken.push(...some);
    }
    expect(taken).toEqual(events.filter(({ at }) => at < half));
    expect(await source.peek()).toEqual(events[taken.length]);
    expect(await source.takeBefore(Infinity, Infinity)).toEqual(events.slice(taken.length));
    expect(await source.peek()).toBeUndefined();
  });
});
