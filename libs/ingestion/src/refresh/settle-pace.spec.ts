import { describe, expect, it } from 'vitest';
import { SettlePace } from './settle-pace.js';

/** One that has just settled, which took some milliseconds. */
async function settledWithin(ms: number): Promise<{ pace: SettlePace; pass: (ms: number) => void }> {
  let now = 1_000_000;
  const pass = (more: number): void => void (now += more);
  const pace = new SettlePace(() => now);
  await pace.during(() => Promise.resolve(pass(ms)));
  return { pace, pass };
}

describe('when figures are settled', () => {
  it('at once the first time, then a second after the last one began', async () => {
    expect(new SettlePace().dueIn).toBe(-Infinity);
    const { pace, pass } = await settledWithin(200);
    expect(pace.dueIn).toBe(800);
    pass(900);
    expect(pace.dueIn).toBe(-100);
  });

  it('an eighth of the time while events stream, every fifteen seconds at least', async () => {
    for (const [ms, every] of [
      [10, 1_000],
      [500, 4_000],
      [6_000, 15_000],
    ] as const) {
      const { pace } = await settledWithin(ms);
      pace.stepped(300);
      expect(pace.behind).toBe(true);
      expect(pace.dueIn).toBe(every - ms);
      pace.stepped(undefined);
      expect(pace.behind).toBe(false);
      expect(pace.dueIn).toBe(1_000 - ms);
    }
  });

  it('seldom while a backlog is worked off, and right after it', async () => {
    const { pace, pass } = await settledWithin(2_000);
    pace.stepped(5_000);
    pass(40_000);
    expect(pace.dueIn).toBe(18_000);
    pace.stepped(4_999);
    expect(pace.dueIn).toBeLessThan(0);
    // A small step among large ones is of the same backlog, several are not.
    pace.stepped(12_000);
    pace.stepped(100);
    expect(pace.dueIn).toBe(18_000);
    pace.stepped(100);
    expect(pace.dueIn).toBeLessThan(0);
    pace.stepped(12_000);
    pace.stepped(undefined);
    expect(pace.dueIn).toBeLessThan(0);
  });

  it('seldom while a source sends its history, in steps of any size', async () => {
    const { pace, pass } = await settledWithin(2_000);
    pace.stepped(300, true);
    pass(40_000);
    expect(pace.dueIn).toBe(18_000);
    pace.stepped(300);
    expect(pace.dueIn).toBeLessThan(0);
    // One that tells no time is settled once it rests, and no sooner: it may come on in a moment.
    pace.stepped(300, true);
    pass(300);
    pace.stepped(undefined, true);
    expect(pace.dueIn).toBe(700);
    pass(701);
    expect(pace.dueIn).toBeLessThan(0);
  });

  it('after the first step that succeeds again, whatever the backlog', async () => {
    const { pace, pass } = await settledWithin(2_000);
    pace.stepped(12_000);
    pace.hurry();
    pace.stepped(12_000);
    expect(pace.dueIn).toBe(-Infinity);
    await pace.during(() => Promise.resolve(pass(2_000)));
    expect(pace.dueIn).toBe(58_000);
  });

  it('soon again after one that failed, each time later, up to the usual', async () => {
    const { pace, pass } = await settledWithin(2_000);
    pace.stepped(12_000);
    const failed = async (): Promise<number> => {
      await expect(pace.during(() => Promise.reject(new Error('No room.')))).rejects.toThrow('No room.');
      return pace.dueIn;
    };
    expect([await failed(), await failed(), await failed()]).toEqual([2_000, 4_000, 8_000]);
    for (let more = 0; more < 5; more += 1) await failed();
    expect(pace.dueIn).toBe(60_000);
    await pace.during(() => Promise.resolve(pass(2_000)));
    expect(pace.dueIn).toBe(58_000);
  });

  it('not while it is postponed, and a step without rows is one', async () => {
    const { pace } = await settledWithin(0);
    pace.postpone(3_000);
    expect(pace.dueIn).toBe(4_000);
    pace.stepped(0);
    expect(pace.behind).toBe(true);
  });
});
