import { atMost, importFile, Instance, seen, type Measure } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { referenceFile } from '../integrity/reference.js';
import { peakMb } from '../growth.js';
import { brokerOf } from '../local-broker.js';
import type { MeasureOptions } from '../run-measures.js';
import { liveTab } from './live-tab.js';

/** Largest resident memory of both processes during an import and after it; then of the demo shop, with a tab that looks at it. */
export async function memory(work: string, options: MeasureOptions): Promise<Measure[]> {
  return [...(await ofAnImport(work)), ...(await ofADay(work, options.minutes ?? 10))];
}

async function ofAnImport(work: string): Promise<Measure[]> {
  const data = join(work, 'import');
  const instance = await Instance.start(data);
  try {
    await importFile(instance.url, 'online-retail', 'online-retail', referenceFile(), join(work, 'rejects.csv'));
    await sleep(2_000);
    return processesOf('import', instance, data);
  } finally {
    await instance.stop();
  }
}

async function ofADay(work: string, minutes: number): Promise<Measure[]> {
  const data = join(work, 'live');
  const instance = await Instance.start(data, { TIDELINE_SIMULATOR: 'on' });
  try {
    return [...(await liveTab(instance, minutes)), ...processesOf(`${minutes} minutes live`, instance, data)];
  } finally {
    await instance.stop();
  }
}

function processesOf(when: string, instance: Instance, data: string): Measure[] {
  const broker = brokerOf(data);
  return [
    atMost(`${when}: Node process, peak`, peakMb(instance.pid), 'MB', 1_200),
    atMost(`${when}: broker heap, largest allowed`, Number(/-Xmx(\d+)m/.exec(broker.args)?.[1] ?? Number.NaN), 'MB', 512),
    seen(`${when}: broker process, peak`, peakMb(broker.pid), 'MB'),
  ];
}
