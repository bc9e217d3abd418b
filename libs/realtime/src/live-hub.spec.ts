import type { RoomTrouble } from '#contracts';
import type { Principal, RoomAnswer, RoomReader } from '#http';
import { Metrics } from '#observability';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LiveHub } from './live-hub.js';
import { RealtimeMetrics } from './realtime.metrics.js';
import type { DeclaredRoom, RoomCatalog } from './room-catalog.js';

// Who gets into which room, and when a room is there at all. With real readers and sockets: live.int-spec.ts.

const answer = (lag: number): RoomAnswer => ({
  data: { state: 'running', lag, waitingMs: 0, deadLetters: 0, audit: null, clock: { mode: 'wall', now: null, speed: 1 }, alarms: [] },
  stamp: { asOf: null, generation: '1', watermark: {}, partial: false },
});

function made(declared: Partial<DeclaredRoom> = {}) {
  let reads = 0;
  const watched: string[] = [];
  const metrics = new Metrics();
  const reader: RoomReader = { read: () => Promise.resolve(answer((reads += 1))) };
  const room: DeclaredRoom = { name: 'headline', everyMs: 10_000, onMove: true, access: 'engineer', reader, ...declared };
  const sent: (readonly string[])[] = [];
  const hub = new LiveHub({
    catalog: { find: () => room } as unknown as RoomCatalog,
    metrics: new RealtimeMetrics(metrics),
    hints: { watch: (shop) => void watched.push(shop), stop: () => Promise.resolve() },
    log: { warn: () => undefined },
  });
  const hungUp: (readonly string[])[] = [];
  const troubles: [readonly string[], RoomTrouble][] = [];
  hub.sendBy({
    snapshot: (sockets) => void sent.push(sockets),
    trouble: (...told) => void troubles.push(told),
    hangUp: (sockets) => void hungUp.push(sockets),
  });
  const rooms = async (): Promise<string | undefined> => /^tideline_live_rooms (\d+)$/m.exec(await metrics.text())?.[1];
  return { hub, watched, sent, hungUp, troubles, rooms, reads: () => reads };
}

const as = (role: Principal['role']): Principal => ({ name: role, role });
const socket = (id: string) => ({ id, ready: true });
const ask = { shop: 'demo', name: 'headline', query: {} };

describe('the hub', () => {
  it('lets into a room who has its role, by socket and by REST, and reads nothing for others', async () => {
    const { hub, reads, watched } = made();
    for (const role of ['viewer', 'operator', 'marketer'] as const) {
      await expect(hub.join(socket('a'), as(role), ask)).rejects.toMatchObject({ code: 'role-too-low' });
      await expect(hub.snapshot(as(role), ask)).rejects.toMatchObject({ code: 'role-too-low' });
    }
    expect([reads(), watched]).toEqual([0, []]);
    for (const role of ['engineer', 'admin'] as const)
      expect((await hub.join(socket(role), as(role), ask)).room).toBe('demo/headline?period=today');
    expect([reads(), watched.length > 0]).toEqual([1, true]);
    await hub.onModuleDestroy();
  });

  it('keeps a room while somebody is in it, and none for REST or for an ask that failed', async () => {
    const { hub, rooms } = made();
    await hub.snapshot(as('admin'), ask);
    expect(await rooms()).toBe('0');
    hub.connected();
    const { room } = await hub.join(socket('a'), as('admin'), ask);
    hub.connected();
    await hub.join(socket('b'), as('admin'), { ...ask, query: { period: 'today' } });
    expect(await rooms()).toBe('1');
    hub.leave('a', room);
    expect(await rooms()).toBe('1');
    hub.disconnected('b');
    expect(await rooms()).toBe('0');
    const broken = made({ reader: { read: () => Promise.reject(new Error('engine away')) } });
    await expect(broken.hub.join(socket('a'), as('admin'), ask)).rejects.toThrow('engine away');
    expect(await broken.rooms()).toBe('0');
  });

  it('ends the connections of those who watch a shop that was deleted, and of nobody for a read that failed', async () => {
    let fault: Error | undefined;
    const { hub, hungUp } = made({ reader: { read: () => (fault ? Promise.reject(fault) : Promise.resolve(answer(1))) } });
    await hub.join(socket('a'), as('admin'), ask);
    await hub.join(socket('b'), as('admin'), ask);
    await hub.join(socket('c'), as('admin'), { ...ask, shop: 'another' });
    fault = new Error('engine away');
    hub.moved('demo');
    await sleep(200);
    expect(hungUp).toEqual([]);
    fault = Object.assign(new Error('There is no shop demo.'), { code: 'shop-unknown', retryable: false });
    hub.moved('demo');
    await sleep(200);
    expect(hungUp).toEqual([['a', 'b']]);
    await hub.onModuleDestroy();
  });

  it('tells viewers that a room cannot be read once that lasts, and nobody else', async () => {
    let fault: Error | undefined;
    const { hub, troubles, sent } = made({ reader: { read: () => (fault ? Promise.reject(fault) : Promise.resolve(answer(1))) } });
    await hub.join(socket('a'), as('admin'), ask);
    await hub.join(socket('b'), as('admin'), { ...ask, query: { period: 'all' } });
    hub.leave('b', 'demo/headline?period=all');
    await sleep(200);
    fault = Object.assign(new Error('ClickHouse does not answer; it is tried again.'), { code: 'engine-unavailable', retryable: true });
    hub.moved('demo');
    await sleep(200);
    hub.moved('demo');
    await sleep(200);
    expect(troubles).toEqual([]);
    // It is read again by itself.
    await sleep(1_000);
    const told = { room: 'demo/headline?period=today', name: 'headline', code: 'engine-unavailable', detail: fault.message };
    expect(troubles.length).toBeGreaterThan(0);
    for (const trouble of troubles) expect(trouble).toEqual([['a'], told]);
    const times = troubles.length;
    // The same figures as before, which are the newest again.
    fault = undefined;
    hub.moved('demo');
    await sleep(200);
    expect([troubles.length, sent.at(-1)]).toEqual([times, ['a']]);
    await hub.onModuleDestroy();
  });

  it('ends no connection but those: also where whoever watched another room of that shop is gone before its read has failed', async () => {
    const gone = Object.assign(new Error('There is no shop demo.'), { code: 'shop-unknown', retryable: false });
    const fails: (() => void)[] = [];
    let read = (): Promise<RoomAnswer> => Promise.resolve(answer(1));
    const { hub, hungUp } = made({ reader: { read: () => read() } });
    await hub.join(socket('a'), as('admin'), ask);
    await hub.join(socket('a'), as('admin'), { ...ask, query: { period: 'all' } });
    read = () => new Promise((_, reject) => fails.push(() => reject(gone)));
    await sleep(200);
    hub.moved('demo');
    expect(fails).toHaveLength(2);
    fails[0]?.();
    await sleep(0);
    hub.disconnected('a');
    fails[1]?.();
    await sleep(0);
    // An empty list would be everybody.
    expect(hungUp).toEqual([['a']]);
    await hub.onModuleDestroy();
  });

  it.each([
    [1, 100],
    [101, 250],
  ])('with %i sockets the headline moves once in %i ms over time', async (sockets, intervalMs) => {
    const { hub, sent } = made();
    for (let count = 0; count < sockets; count += 1) hub.connected();
    await hub.join(socket('a'), as('admin'), ask);
    const begun = performance.now();
    while (performance.now() - begun < 1_050) {
      hub.moved('demo');
      hub.moved('another shop');
      await sleep(4);
    }
    await hub.onModuleDestroy();
    expect(sent.length).toBeLessThanOrEqual(1_050 / intervalMs + 1);
    expect(sent.length).toBeGreaterThan(1);
  });
});
