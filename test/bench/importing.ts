import { atMost, exactly, importFile, Instance, type Measure } from '#testing';
import { join } from 'node:path';
import { referenceFile, restDifferences } from '../integrity/reference.js';

const runs = 2;

/** A year of real orders through Kafka until every derived table is exact. */
export async function importing(work: string): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const instance = await Instance.start(join(work, String(run)));
    try {
      const result = await importFile(instance.url, 'online-retail', 'online-retail', referenceFile(), join(work, 'rejects.csv'));
      measures.push(
        atMost(`online_retail.csv.gz until exact, run ${run}`, result.totalMs / 1000, 's', 20),
        exactly(`published figures that differ, run ${run}`, (await restDifferences(instance, 'online-retail')).length, 'figures', 0),
      );
    } finally {
      await instance.stop();
    }
  }
  return measures;
}
