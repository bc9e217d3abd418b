import { demoShop, worldEnd } from '#simulation';
import { exactly, Instance, type Measure, seen, until } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokerOf } from '../../local-broker.js';
import { atRest, reached, simulatorOf, worldStands } from '../answers.js';
import { demoFaults, endOfDemo } from '../demo.js';

/** Where shop time is when the broker is killed: while the history is sent and read, then live. */
const kills = ['2024-03-01', '2024-09-01', '2025-06-01', '2026-01-03', '2026-01-06'] as const;
const lastDay = '2026-01-12';
/** Shop seconds per second once live: half a day. */
const speed = 43_200;

/** `kill -9` of the broker under load. The instance starts it again by itself; nobody else does anything. */
export async function killedBroker(work: string): Promise<Measure[]> {
  const data = join(work, 'data');
  const env = { TIDELINE_SIMULATOR: 'on', TIDELINE_SIMULATOR_UNTIL: lastDay, TIDELINE_SIMULATOR_SPEED: String(speed) };
  const instance = await Instance.start(data, env);
  try {
    const killed = new Set<number>();
    const phases: string[] = [];
    for (const [index, at] of kills.entries()) {
      const says = await reached(instance, Date.parse(at));
      // Not at the moment of a batch or a tick, but anywhere between.
      await sleep((index * 137) % 700);
      const { pid } = brokerOf(data);
      // Process 0 would be this one and all it started.
      if (pid === 0) throw new Error(`No broker runs on ${data}, so none can be killed.`);
      phases.push(((await simulatorOf(instance.url)) ?? says).phase);
      process.kill(pid, 'SIGKILL');
      killed.add(pid);
      const runsAgain = (next: number): boolean => next > 0 && !killed.has(next);
      await until(() => Promise.resolve(runsAgain(brokerOf(data).pid)), 'the broker runs again');
    }
    await worldStands(instance.url);
    await atRest([instance], demoShop);
    const { stored, cells, code } = await endOfDemo(instance, data);
    return [
      ...killMeasures(killed.size, phases),
      seen('messages on the topics', stored.length, 'messages'),
      ...demoFaults('after them', stored, Date.parse(lastDay) - 1),
      exactly('cells that differ from the oracle', cells, 'cells', 0),
      exactly('stops that did not end with 0', Number(code !== 0), 'stops', 0),
    ];
  } finally {
    await instance.stop();
  }
}

/** @param phases that the simulator was in, at each kill: a broker that nobody sends to is not under load */
export function killMeasures(killed: number, phases: readonly string[]): Measure[] {
  const during = (wanted: string): number => phases.filter((phase) => phase === wanted).length;
  const live = kills.filter((at) => Date.parse(at) >= worldEnd).length;
  return [
    exactly('brokers killed under load', killed, 'kills', kills.length),
    exactly('of them while the history was sent', during('history'), 'kills', kills.length - live),
    exactly('of them live', during('live'), 'kills', live),
  ];
}
