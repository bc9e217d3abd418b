import { demoShop } from '#simulation';
import { atMost, exactly, Instance, seen, SmallDisk, type Measure } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atRest, reached, worldStands } from '../answers.js';
import { demoFaults, endOfDemo } from '../demo.js';
import { full, secondsToCatchUp, secondsToMove, spoke, watching } from './watch.js';

const mebibytes = 448;
const lastDay = '2026-01-20';
/** Shop seconds per second once live: half a day. */
const speed = 43_200;
const fullMs = 8_000;
/** The broker is started again every 0.5 to 10 s, and takes some seconds to start. */
const barSeconds = 45;

/** Everything an all-in-one keeps on one disk, its broker's log included, that is full while the history is sent and again live. */
export async function wholeInstance(work: string): Promise<Measure[]> {
  const disk = await SmallDisk.mount(join(work, 'disk'), mebibytes);
  const data = join(disk.path, 'data');
  const env = { TIDELINE_SIMULATOR: 'on', TIDELINE_SIMULATOR_UNTIL: lastDay, TIDELINE_SIMULATOR_SPEED: String(speed) };
  let instance: Instance | undefined;
  try {
    const whole = (instance = await Instance.start(data, env));
    await reached(whole, Date.parse('2024-06-01'));
    const inHistory = await watching([whole], () => full(disk, () => sleep(fullMs)));
    const afterHistory = await secondsToMove([whole], demoShop);
    await reached(whole, Date.parse('2026-01-02'));
    await secondsToCatchUp([whole], demoShop);
    const live = await watching([whole], () => full(disk, () => sleep(fullMs)));
    const afterLive = await secondsToCatchUp([whole], demoShop);
    await worldStands(whole.url);
    await atRest([whole], demoShop);
    const { stored, cells, code } = await endOfDemo(whole, data);
    return [
      ...spoke('in the history', inHistory),
      ...spoke('live', live),
      atMost('from room until figures go on, in the history', afterHistory, 's', barSeconds),
      atMost('from room until nothing waits, live', afterLive, 's', barSeconds),
      seen('messages on the topics', stored.length, 'messages'),
      ...demoFaults('after it', stored, Date.parse(lastDay) - 1),
      exactly('cells that differ from the oracle', cells, 'cells', 0),
      exactly('stops that did not end with 0', Number(code !== 0), 'stops', 0),
      ...(await startWhenFull(disk, data)),
    ];
  } finally {
    await disk.room();
    await instance?.stop();
    await disk.unmount();
  }
}

/** A start on a full disk ends with words that say what to do, and one after there is room stands where the figures stood. */
async function startWhenFull(disk: SmallDisk, data: string): Promise<Measure[]> {
  let words = '';
  await full(disk, async () => {
    words = await Instance.start(data).then(
      (started) => started.stop().then(() => 'it started'),
      (error: unknown) => String(error),
    );
  });
  process.stdout.write(`a start on a full disk: ${words}\n`);
  const again = await Instance.start(data);
  await atRest([again], demoShop);
  const code = await again.stop();
  return [
    exactly(
      'a start on a full disk that says what to do',
      Number(/The disk is full: .*Free some space and start again/s.test(words)),
      'starts',
      1,
    ),
    exactly('starts after there was room, all ended with 0', Number(code === 0), 'starts', 1),
  ];
}
