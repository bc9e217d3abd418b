import type { FingerprintAnswer, ReplayAnswer } from '#contracts';
import { exactly, importFile, Instance, seen, type Measure } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { referenceFile } from '../integrity/reference.js';

const shop = 'online-retail';
const runs = 3;

/** A year of real orders again, as fast as it goes, until every figure of the sandbox holds all of it; then table by table. */
export async function replay(work: string): Promise<Measure[]> {
  const instance = await Instance.start(join(work, 'data'));
  try {
    await importFile(instance.url, shop, shop, referenceFile(), join(work, 'rejects.csv'));
    const live = await instance.get<FingerprintAnswer>(`/api/v1/shops/${shop}/fingerprint`);
    const measures: Measure[] = [];
    for (let run = 1; run <= runs; run += 1) {
      const into = `again-${run}`;
      const begun = performance.now();
      const { messages } = await instance.call<ReplayAnswer>('POST', `/api/v1/shops/${shop}/replays`, { into });
      await done(instance, into);
      const seconds = (performance.now() - begun) / 1000;
      const asked = performance.now();
      const again = await instance.get<FingerprintAnswer>(`/api/v1/shops/${into}/fingerprint`);
      const printMs = Math.round(performance.now() - asked);
      const differing = again.tables.filter(
        ({ table, fingerprint }) => live.tables.find((each) => each.table === table)?.fingerprint !== fingerprint,
      );
      measures.push(
        seen(`messages of ${messages} into every figure, run ${run}`, Math.round(messages / seconds), '/s'),
        seen(`fingerprint of all tables, run ${run}`, printMs, 'ms'),
        exactly(`tables that differ from the live shop, run ${run}`, differing.length, 'tables', 0),
      );
      await instance.call('DELETE', `/api/v1/shops/${shop}/replays/${into}`);
    }
    return measures;
  } finally {
    await instance.stop();
  }
}

async function done(instance: Instance, into: string): Promise<void> {
  for (;;) {
    const { state, detail } = await instance.get<ReplayAnswer>(`/api/v1/shops/${shop}/replays/${into}`);
    if (state === 'done') return;
    if (state === 'broken') throw new Error(detail);
    await sleep(50);
  }
}
