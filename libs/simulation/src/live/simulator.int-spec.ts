import { systemClock } from '#clock';
import { topicOf } from '#contracts';
import { openTestStack, silent, storedMessages, ticksIn, worldFaults, type StoredMessage, type TestStack } from '#testing';
import { copyFile, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultRates } from '../faults/fault-rates.js';
import { FaultyWorld } from '../faults/faulty-world.js';
import { profileOf } from '../law/profiles.js';
import { World } from '../world/world.js';
import { SimulatorService } from './simulator.service.js';

const dayMs = 86_400_000;
const profile = { ...profileOf('rich'), name: 'small', customers: 400, products: 60 };
/** Its history takes several batches. */
const larger = { ...profile, customers: 2_000 };

let stack: TestStack;
let directory: string;
let shops = 0;
beforeAll(async () => {
  stack = await openTestStack();
  directory = await mkdtemp(join(tmpdir(), 'tideline-simulator-'));
});
afterAll(async () => {
  await stack.stop();
  await rm(directory, { recursive: true });
});

const newShop = (): { shop: string; cursorPath: string } => {
  shops += 1;
  return { shop: `sim-${shops}`, cursorPath: join(directory, `sim-${shops}.json`) };
};

/** Two shop days a second. */
const simulator = (place: { shop: string; cursorPath: string }, seed = 5, until?: number, of = profile): SimulatorService =>
  new SimulatorService(stack.streaming, systemClock, silent, { ...place, events: new World({ profile: of, seed }), speed: 172_800, until });

async function until(condition: () => boolean, ms = 60_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Not within ${ms} ms.`);
    await sleep(20);
  }
}

/** The topics hold all that was sent up to an instant: no gap, no fork; the same more than once is nothing. */
function expectWorld(stored: readonly StoredMessage[], through: number, seed = 5, of = profile): void {
  const world = new World({ profile: of, seed });
  const { missing, foreign, altered } = worldFaults(stored, world.after(world.start - 1), through);
  expect({ missing, foreign, altered }).toEqual({ missing: [], foreign: [], altered: [] });
  expect(stored.length).toBeGreaterThan(300);
}

const timeOf = (value: string): string => (JSON.parse(value) as { recordedtime: string }).recordedtime;

describe('the simulator on a broker', () => {
  it('sends the history, goes live, and goes on after a stop and after kills as if it had never stopped', async () => {
    const place = newShop();
    const first = simulator(place);
    const { end } = new World({ profile, seed: 5 });
    await first.start();
    await first.historySent;
    expect(first.state.through).toBeGreaterThanOrEqual(end - 1);
    await until(() => first.state.through > end + 3 * dayMs);
    await first.stop();
    await copyFile(place.cursorPath, `${place.cursorPath}.old`);

    const second = simulator(place);
    await second.start();
    await until(() => second.state.through > end + 6 * dayMs);
    await second.stop();
    expect(second.state.sent).toBeLessThan(first.state.sent / 2);
    expectWorld(await storedMessages(stack.streaming, place.shop), second.state.through);

    // A kill leaves a cursor that is older than the topic, or none.
    await copyFile(`${place.cursorPath}.old`, place.cursorPath);
    const third = simulator(place);
    await third.start();
    await until(() => third.state.through > end + 7 * dayMs);
    await third.stop();
    await rm(place.cursorPath);
    const fourth = simulator(place);
    await fourth.start();
    await until(() => fourth.state.through > end + 7 * dayMs);
    await fourth.stop();
    expectWorld(await storedMessages(stack.streaming, place.shop), third.state.through);
  });

  it('goes on in the middle of the history after a stop there', async () => {
    const place = newShop();
    const first = simulator(place, 5, undefined, larger);
    const { end } = new World({ profile: larger, seed: 5 });
    await first.start();
    await until(() => first.state.sent > 0);
    await first.stop();
    expect(first.state.through).toBeLessThan(end - dayMs);
    const second = simulator(place, 5, undefined, larger);
    await second.start();
    await second.historySent;
    await second.stop();
    expectWorld(await storedMessages(stack.streaming, place.shop), second.state.through, 5, larger);
  });

  it('waits while the disk is full, and goes on by itself; a stop does not wait for it', async () => {
    const place = newShop();
    const full = async (): Promise<void> => {
      await symlink('/dev/full', `${place.cursorPath}.full`);
      // The cursor may just be being written there.
      await rename(`${place.cursorPath}.full`, `${place.cursorPath}.new`);
    };
    await full();
    const service = simulator(place);
    await service.start();
    await sleep(2_000);
    expect(service.state.phase).toBe('history');
    await rm(`${place.cursorPath}.new`);
    await until(() => service.state.phase === 'live');
    await full();
    await sleep(1_500);
    await service.stop();
    expect(service.state).toMatchObject({ phase: 'stopped' });
    expectWorld(await storedMessages(stack.streaming, place.shop), service.state.through);
  });

  it('ticks only what it has sent, and never back', async () => {
    const place = newShop();
    const service = simulator(place);
    await service.start();
    await until(() => service.state.phase === 'live');
    await sleep(3_500);
    await service.stop();
    const stored = await storedMessages(stack.streaming, place.shop);
    const ticks = stored.filter(({ topic }) => topic === 'clock.v1').map(({ value }) => JSON.parse(value) as { data: Tick });
    expect(ticks.length).toBeGreaterThanOrEqual(3);
    let before = 0;
    for (const { data } of ticks) {
      const now = Date.parse(data.now);
      expect(now).toBeGreaterThan(before);
      before = now;
      expect(data.speed).toBe(172_800);
      const recordedByThen = stored.filter(({ topic, value }) => topic !== 'clock.v1' && Date.parse(timeOf(value)) <= now);
      const beyond = recordedByThen.filter(
        ({ topic, partition, offset }) => offset >= BigInt(data.offsets[`${topicOf(place.shop, topic)}-${partition}`] ?? '0'),
      );
      expect(beyond).toEqual([]);
    }
  });

  it('stands still where it was told to, in the history and live, and goes on from there when it may', async () => {
    const place = newShop();
    const { start, end } = new World({ profile, seed: 5 });
    let last = start;
    for (const instant of [start + 200 * dayMs, end, end + 3 * dayMs]) {
      // The second time nothing is left to send but the tick, which is the same.
      for (const again of [false, true]) {
        const service = simulator(place, 5, instant);
        await service.start();
        await until(() => service.state.phase === 'ended');
        expect(service.state.through).toBe(instant - 1);
        expect(service.state.sent > 0).toBe(!again);
        await service.stop();
      }
      const stored = await storedMessages(stack.streaming, place.shop);
      expectWorld(stored, instant - 1);
      expect(stored.filter(({ topic, value }) => topic !== 'clock.v1' && Date.parse(timeOf(value)) >= instant)).toEqual([]);
      const ticks = ticksIn(stored);
      expect(ticks.slice(-2)).toEqual([instant - 1, instant - 1]);
      expect(
        new Set(
          stored
            .filter(({ topic }) => topic === 'clock.v1')
            .slice(-2)
            .map(({ value }) => value),
        ).size,
      ).toBe(1);
      last = instant - 1;
    }
    // An instant that has passed: it stands where it is.
    const back = simulator(place, 5, start + dayMs);
    await back.start();
    await until(() => back.state.phase === 'ended');
    expect([back.state.through, back.state.sent]).toEqual([last, 0]);
    await back.stop();
    const beyond = simulator(place);
    await beyond.start();
    await until(() => beyond.state.through > last + dayMs);
    expect(beyond.state.phase).toBe('live');
    await beyond.stop();
    const stored = await storedMessages(stack.streaming, place.shop);
    expectWorld(stored, beyond.state.through);
    expect(worldFaults(stored, [], 0).ticksBack).toEqual([]);
  });

  it('refuses to put another world into the same topics, with a cursor and without', async () => {
    const place = newShop();
    const first = simulator(place);
    await first.start();
    await first.historySent;
    await first.stop();
    await expect(simulator(place, 6).start()).rejects.toMatchObject({ code: 'world-differs' });
    const faulty = (rates: Readonly<Record<string, number>>): SimulatorService => {
      const events = new FaultyWorld(new World({ profile, seed: 5 }), faultRates(rates));
      return new SimulatorService(stack.streaming, systemClock, silent, { ...place, events, speed: 172_800 });
    };
    await expect(faulty({ late: 0.1 }).start()).rejects.toMatchObject({ code: 'world-differs' });
    await rm(place.cursorPath);
    await expect(simulator(place, 6).start()).rejects.toMatchObject({ code: 'world-differs' });
    await expect(faulty({ late: 0.1 }).start()).rejects.toMatchObject({ code: 'world-differs' });
    // None are no faults: it goes on.
    const same = faulty({});
    await same.start();
    await same.stop();
  });

  it.each([
    ['is gone', (_: string) => undefined],
    ['is gone, and it is stopped on the way', (_: string) => undefined, larger],
    ['knows of more than the broker holds', (text: string) => text.replace(/"(\d+)"(?=\})/, '"999999"')],
    ['is that of an older copy', (_: string, older: string) => older],
  ])('is where it was within seconds when its cursor %s, and no tick goes back', async (_, changed, of = profile) => {
    const place = newShop();
    const first = simulator(place, 5, undefined, of);
    const { end } = new World({ profile: of, seed: 5 });
    await first.start();
    await until(() => first.state.through > end);
    const older = await readFile(place.cursorPath, 'utf8');
    // Two shop days a second: at that pace the way back here takes seven seconds.
    await until(() => first.state.through > end + 14 * dayMs);
    await first.stop();
    const stood = first.state.through;
    const cursor = changed(await readFile(place.cursorPath, 'utf8'), older);
    if (cursor === undefined) await rm(place.cursorPath);
    else await writeFile(place.cursorPath, cursor);
    if (of === larger) {
      const stopped = simulator(place, 5, undefined, of);
      await stopped.start();
      await until(() => stopped.state.sent > 0);
      await stopped.stop();
      expect(stopped.state.through).toBeLessThan(end - dayMs);
    }

    const second = simulator(place, 5, undefined, of);
    await second.start();
    await until(() => second.state.phase === 'live', 20_000);
    expect(second.state.through).toBeGreaterThanOrEqual(stood - 6 * dayMs);
    await until(() => second.state.through > stood + dayMs);
    await second.stop();
    const stored = await storedMessages(stack.streaming, place.shop);
    expectWorld(stored, second.state.through, 5, of);
    expect(worldFaults(stored, [], 0).ticksBack).toEqual([]);
  });

  it('sends everything again into topics that have lost it', async () => {
    const place = newShop();
    const first = simulator(place);
    await first.start();
    await first.historySent;
    await first.stop();
    // The cursor of one shop beside the topics of another: what a cleared broker looks like.
    const other = { ...newShop(), cursorPath: join(directory, 'lost.json') };
    await writeFile(other.cursorPath, (await readFile(place.cursorPath, 'utf8')).replaceAll(`${place.shop}.`, `${other.shop}.`));
    const second = simulator(other);
    await second.start();
    await second.historySent;
    await second.stop();
    expectWorld(await storedMessages(stack.streaming, other.shop), second.state.through);
  });
});

interface Tick {
  readonly now: string;
  readonly speed: number;
  readonly offsets: Readonly<Record<string, string>>;
}
