import { demoShop } from '#simulation';
import { exactly, Instance, seen, ticksIn, type Measure } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atRest, reached, simulatorOf, worldStands, type SimulatorSays } from './answers.js';
import { demoFaults, endOfDemo } from './demo.js';

/** Where shop time is when the instance goes down, and how. Two years of history first, then live. */
const ends: readonly (readonly [at: string, how: 'kill' | 'stop'])[] = [
  ['2024-02-01', 'kill'],
  ['2024-08-01', 'kill'],
  ['2025-01-01', 'stop'],
  ['2025-05-01', 'kill'],
  ['2025-10-01', 'kill'],
  ['2026-01-03', 'kill'],
  ['2026-01-08', 'stop'],
  ['2026-01-14', 'kill'],
  ['2026-01-20', 'kill'],
];
/** Shop time stands still here, so that there is a last tick. */
const lastDay = '2026-02-01';
/** Shop seconds per second once live: half a day. */
const speed = 43_200;

/**
 * `kill -9` and Ctrl-C during the history and live, a start after each: the topics hold the world, byte for byte, without a gap and
 * without another world's event, and every cell is the oracle's.
 */
export async function restartWorld(work: string): Promise<Measure[]> {
  const data = join(work, 'data');
  const env = { TIDELINE_SIMULATOR: 'on', TIDELINE_SIMULATOR_UNTIL: lastDay, TIDELINE_SIMULATOR_SPEED: String(speed) };
  const went: (SimulatorSays & { how: string })[] = [];
  let stops = 0;
  let instance = await Instance.start(data, env);
  try {
    for (const [index, [at, how]] of ends.entries()) {
      const says = await reached(instance, Date.parse(at));
      // Not at the moment of a batch or a tick, but anywhere between.
      await sleep((index * 137) % 700);
      went.push({ ...((await simulatorOf(instance.url)) ?? says), how });
      if (how === 'kill') await instance.kill();
      else if ((await instance.stop()) === 0) stops += 1;
      instance = await Instance.start(data, env);
    }
    await worldStands(instance.url);
    await atRest([instance], demoShop);
    const { stored, cells, code } = await endOfDemo(instance, data);
    if (code === 0) stops += 1;
    const during = (phase: string, how: string): number => went.filter((each) => each.phase === phase && each.how === how).length;
    const last = Date.parse(lastDay) - 1;
    return [
      exactly('kills during the history', during('history', 'kill'), 'kills', 4),
      exactly('kills live', during('live', 'kill'), 'kills', 3),
      exactly('stops, all with 0', stops, 'stops', 3),
      seen('messages on the topics', stored.length, 'messages'),
      // A kill leaves a cursor that is up to a second old.
      ...demoFaults('after them', stored, last, 1),
      exactly('the last tick, from where it should be', (ticksIn(stored).at(-1) ?? 0) - last, 'ms', 0),
      exactly('cells that differ from the oracle', cells, 'cells', 0),
    ];
  } finally {
    await instance.stop();
  }
}
