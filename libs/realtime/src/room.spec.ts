import type { Snapshot } from '#contracts';
import type { RoomAnswer } from '#http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Room } from './room.js';

// The scheduling alone, with a reader that says when it is asked. The real reader, broker and sockets are in live.int-spec.ts.

const intervalMs = 60;
let room: Room;
// Time that the spec moves: on a loaded machine twenty milliseconds may be a hundred.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  room.close();
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** The snapshot of now; time passes while it is read. */
async function current(): Promise<Snapshot> {
  let over = false;
  const asked = room.current().finally(() => (over = true));
  asked.catch(() => undefined);
  while (!over) await pass(1);
  return asked;
}

function made(options: { everyMs?: number; readMs?: number } = {}) {
  const state = {
    value: 0,
    generation: 1,
    newestAt: 0,
    reads: 0,
    underWay: 0,
    together: 0,
    fail: undefined as Error | undefined,
  };
  const sent: { to: readonly string[]; at: number; value: number; snapshot: Snapshot }[] = [];
  const skipped: number[] = [];
  const failures: { error: unknown; watching: readonly string[] }[] = [];
  let count = 0;
  room = new Room({
    key: 'demo/pipeline',
    name: 'pipeline',
    shop: 'demo',
    everyMs: options.everyMs ?? 10_000,
    intervalMs: () => intervalMs,
    count: () => (count += 1),
    read: async () => {
      state.reads += 1;
      state.together = Math.max(state.together, (state.underWay += 1));
      const { value, generation, newestAt } = state;
      await new Promise((done) => setTimeout(done, options.readMs ?? 2));
      state.underWay -= 1;
      if (state.fail) throw state.fail;
      return answer(value, generation, newestAt);
    },
    send: (to, snapshot) => sent.push({ to, at: performance.now(), value: (snapshot.data as { lag: number }).lag, snapshot }),
    skipped: (sockets) => void (sockets > 0 && skipped.push(sockets)),
    failed: (error, watching) => failures.push({ error, watching }),
  });
  const move = (): void => {
    state.value += 1;
    state.generation += 1;
    room.moved();
  };
  return { state, sent, skipped, failures, move };
}

function answer(lag: number, generation: number, newestAt: number): RoomAnswer {
  const data = {
    state: 'running',
    lag,
    waitingMs: 0,
    deadLetters: 0,
    audit: null,
    clock: { mode: 'wall' as const, now: null, speed: 1 },
    alarms: [],
  };
  return { data, stamp: { asOf: null, generation: String(generation), watermark: {}, partial: false }, newestAt };
}

async function watchedBy(...ids: string[]) {
  const sockets = ids.map((id) => ({ id, ready: true }));
  for (const socket of sockets) room.admit(socket, (await current()).seq);
  return sockets;
}

describe('a room', () => {
  it('sends the first change after quiet at once, and the last of a storm within an interval: no more, never one after another', async () => {
    const { state, sent, move } = made();
    await watchedBy('a');
    await pass(intervalMs);
    const begun = performance.now();
    const before = state.reads;
    move();
    // At once: nothing was waited for.
    expect(state.reads).toBe(before + 1);
    await pass(20);
    expect(sent.map(({ value }) => value)).toEqual([1]);
    for (let moves = 0; moves < 200; moves += 1) {
      move();
      await pass(1);
    }
    await pass(2 * intervalMs);
    const elapsed = performance.now() - begun;
    expect(sent.at(-1)?.value).toBe(state.value);
    expect(sent.length).toBeLessThanOrEqual(Math.ceil(elapsed / intervalMs) + 1);
    expect(state.reads).toBeLessThanOrEqual(sent.length + 1);
    expect(state.together).toBe(1);
    const gaps = sent.slice(1).map((each, index) => each.at - (sent[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(intervalMs / 2 - 5);
  });

  it('reads figures that move once in an interval as soon as they have, wherever in it that is', async () => {
    const { sent, move } = made();
    await watchedBy('a');
    await pass(2 * intervalMs);
    move();
    // Not quite in step: each would come later than the one before, had it to wait for the whole interval.
    const waits: number[] = [];
    for (const late of [20, -10, 5, -15, 10, -10]) {
      await pass(intervalMs + late);
      const moved = performance.now();
      const before = sent.length;
      move();
      while (sent.length === before) await pass(1);
      waits.push((sent.at(-1)?.at ?? Infinity) - moved);
    }
    expect(Math.max(...waits)).toBeLessThan(intervalMs / 4);
  });

  it('reads once more when figures moved during a read: the trailing edge is never lost', async () => {
    const { state, sent, move } = made({ readMs: 30 });
    await watchedBy('a');
    await pass(intervalMs);
    move();
    await pass(10);
    move();
    await pass(intervalMs + 120);
    expect(sent.at(-1)?.value).toBe(state.value);
    expect(state.together).toBe(1);
  });

  it('names the snapshot before each, counts up, and is silent when nothing differs', async () => {
    const { state, sent, move } = made();
    await watchedBy('a');
    const first = await current();
    expect([first.after, first.seq]).toEqual([null, '1.1']);
    await pass(intervalMs);
    room.moved();
    await pass(20);
    expect([state.reads, sent.length]).toEqual([2, 0]);
    await pass(intervalMs);
    move();
    await pass(20);
    expect(sent.map(({ snapshot }) => [snapshot.after, snapshot.seq])).toEqual([['1.1', '2.2']]);
  });

  it('skips a slow socket, which then gets the newest state and none between', async () => {
    const { state, sent, skipped, move } = made();
    const [, slow] = await watchedBy('quick', 'slow');
    if (slow) slow.ready = false;
    for (let moves = 0; moves < 3; moves += 1) {
      await pass(intervalMs + 10);
      move();
    }
    await pass(20);
    expect(sent.map(({ to }) => to)).toEqual([['quick'], ['quick'], ['quick']]);
    expect(skipped).toEqual([1, 1, 1]);
    if (slow) slow.ready = true;
    await pass(60);
    expect(sent.slice(3).map(({ to, value }) => [to, value])).toEqual([[['slow'], state.value]]);
  });

  it('reads again by itself: a lost hint loses nothing', async () => {
    const { state, sent } = made({ everyMs: 80 });
    await watchedBy('a');
    state.value += 1;
    await pass(140);
    expect(sent.map(({ value }) => value)).toEqual([1]);
  });

  it('reads once for all who come at the same time, and tells them when it cannot', async () => {
    const { state } = made();
    await Promise.all([current(), current(), current()]);
    expect(state.reads).toBe(1);
    room.close();
    const broken = made();
    broken.state.fail = new Error('engine away');
    await expect(current()).rejects.toThrow('engine away');
    broken.state.fail = undefined;
    expect((await current()).seq).toBe('1.1');
  });

  it('goes on after a read that failed, with its viewers', async () => {
    const { state, sent, failures, move } = made({ everyMs: 50 });
    await watchedBy('a');
    state.fail = new Error('engine away');
    move();
    await pass(80);
    expect(failures[0]).toEqual({ error: state.fail, watching: ['a'] });
    state.fail = undefined;
    await pass(200);
    expect(sent.at(-1)?.value).toBe(1);
  });

  it('keeps the lag of the newest event, however late it is looked at again and whatever else moved', async () => {
    const { state, sent } = made({ everyMs: 70 });
    await watchedBy('a');
    // It was there before: nobody saw how long it took.
    expect((await current()).lagMs).toBeNull();
    state.newestAt = Date.now() - 40;
    state.value += 1;
    await pass(120);
    const seen = sent[0]?.snapshot.lagMs;
    expect(seen).toBeGreaterThanOrEqual(40);
    state.value += 1;
    state.generation += 1;
    await pass(120);
    expect(sent.length).toBe(2);
    expect(sent[1]?.snapshot.lagMs).toBe(seen);
  });
});
