import { atMost, importFile, Instance, percentile, type Measure } from '#testing';
import { join } from 'node:path';
import { referenceFile } from '../integrity/reference.js';

const rounds = 60;

/**
 * KPI summary, series and breakdown over the whole history. Each request is made different (a limit, an instant) so that
 * none is answered from the cache of an earlier one.
 */
export async function rest(work: string): Promise<Measure[]> {
  const instance = await Instance.start(join(work, 'data'));
  try {
    await importFile(instance.url, 'online-retail', 'online-retail', referenceFile(), join(work, 'rejects.csv'));
    const from = (round: number): string => new Date(Date.parse('2010-01-01T00:00:00Z') + round * 86_400_000).toISOString();
    const requests: Readonly<Record<string, (round: number) => string>> = {
      summary: (round) => `kpis/summary?from=${from(round)}`,
      'series by day': (round) =>
        `kpis/series?grain=day&to=${new Date(Date.parse('2011-12-20T00:00:00Z') + round * 3_600_000).toISOString()}`,
      'series by month': (round) =>
        `kpis/series?grain=month&to=${new Date(Date.parse('2011-12-20T00:00:00Z') + round * 3_600_000).toISOString()}`,
      'breakdown by product': (round) => `kpis/breakdown?by=product&limit=${round + 1}`,
      'breakdown by country': (round) => `kpis/breakdown?by=country&limit=${round + 1}`,
    };
    const measures: Measure[] = [];
    for (const [name, path] of Object.entries(requests)) {
      const times: number[] = [];
      for (let round = 0; round < rounds + 5; round += 1) {
        const begun = performance.now();
        await instance.get(`/api/v1/shops/online-retail/${path(round)}`);
        // The first few warm the engine's caches, as a morning's first look does.
        if (round >= 5) times.push(performance.now() - begun);
      }
      measures.push(atMost(`${name}, p95 of ${rounds}`, percentile(times, 0.95), 'ms', 60));
    }
    return measures;
  } finally {
    await instance.stop();
  }
}
