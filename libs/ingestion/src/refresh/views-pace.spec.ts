import { describe, expect, it } from 'vitest';
import { ViewsPace } from './views-pace.js';

describe('ViewsPace', () => {
  let now = 0;
  const pace = (): ViewsPace => {
    now = 0;
    return new ViewsPace(() => now);
  };
  /** A refresh that takes so long. */
  const refreshed = (views: ViewsPace, generation: bigint, ms: number): Promise<void> =>
    views.during(generation, () => {
      now += ms;
      return Promise.resolve();
    });

  it('makes views of a generation that they are not of, and then leaves them', async () => {
    const views = pace();
    expect(views.isDue(2n, false)).toBe(true);
    await refreshed(views, 2n, 50);
    expect(views.generation).toBe(2n);
    now += 60_000;
    expect(views.isDue(2n, false)).toBe(false);
    expect(views.isDue(4n, false)).toBe(true);
  });

  it('makes cheap ones once a second, whatever comes', async () => {
    const views = pace();
    await refreshed(views, 2n, 50);
    views.settled(1);
    for (const behind of [true, false]) {
      now = 50 + 999;
      expect(views.isDue(4n, behind)).toBe(false);
      now = 50 + 1_000;
      expect(views.isDue(4n, behind)).toBe(true);
    }
  });

  it('rests ten times as long as they took while events stream in, four times behind the last, a minute at most', async () => {
    const views = pace();
    await refreshed(views, 2n, 12_000);
    views.settled(1);
    now = 12_000 + 47_999;
    expect(views.isDue(4n, false)).toBe(false);
    now = 12_000 + 48_000;
    expect(views.isDue(4n, false)).toBe(true);
    expect(views.isDue(4n, true)).toBe(false);
    now = 12_000 + 60_000;
    expect(views.isDue(4n, true)).toBe(true);

    await refreshed(views, 6n, 3_000);
    views.settled(1);
    now += 29_999;
    expect(views.isDue(8n, true)).toBe(false);
    now += 1;
    expect(views.isDue(8n, true)).toBe(true);
  });

  it('does not make a large shop anew all the time for the clock alone', async () => {
    const views = pace();
    views.settled(1_000);
    await refreshed(views, 2n, 12_000);
    views.settled(0);
    now = 12_000 + 359_999;
    expect(views.isDue(4n, false)).toBe(false);
    now = 12_000 + 360_000;
    expect(views.isDue(4n, false)).toBe(true);
  });

  it('knows that rows came while views were made', async () => {
    const views = pace();
    await views.during(2n, () => {
      views.settled(5);
      now += 12_000;
      return Promise.resolve();
    });
    now = 12_000 + 48_000;
    expect(views.isDue(4n, false)).toBe(true);
  });

  it('lets stand for a minute what it found, unless something comes', () => {
    const views = pace();
    views.found(2n);
    expect(views.generation).toBe(2n);
    now = 59_999;
    expect(views.isDue(4n, false)).toBe(false);
    now = 60_000;
    expect(views.isDue(4n, false)).toBe(true);
    expect(views.isDue(2n, false)).toBe(false);

    const moved = pace();
    moved.found(2n);
    moved.settled(1);
    expect(moved.isDue(4n, false)).toBe(true);
  });

  it('is due at once where tables were exchanged under them', async () => {
    const views = pace();
    await refreshed(views, 2n, 12_000);
    views.replaced();
    expect(views.isDue(4n, true)).toBe(true);
  });

  it('rests after one that failed, too', async () => {
    const views = pace();
    await refreshed(views, 2n, 50);
    views.settled(1);
    now += 1_000;
    const failing = (): Promise<void> => {
      now += 12_000;
      return Promise.reject(new Error('no'));
    };
    await expect(views.during(4n, failing)).rejects.toThrow('no');
    expect(views.generation).toBe(2n);
    now += 47_999;
    expect(views.isDue(4n, false)).toBe(false);
    now += 1;
    expect(views.isDue(4n, false)).toBe(true);
  });
});
