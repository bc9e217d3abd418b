import type { Measure } from '#testing';
import { join } from 'node:path';
import { changingIngestors } from './changing-ingestors.js';
import { killedBroker } from './killed-broker.js';

/** Real Kafka under load: its broker is killed, its consumers come, go and sleep. */
export async function broker(work: string): Promise<Measure[]> {
  const named = (name: string, measures: readonly Measure[]): Measure[] =>
    measures.map((each) => ({ ...each, measure: `${name}: ${each.measure}` }));
  return [
    ...named('killed broker', await killedBroker(join(work, 'killed'))),
    ...named('changing ingestors', await changingIngestors(join(work, 'changing'))),
  ];
}
