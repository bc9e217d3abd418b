import { atMost, Instance, percentile, type Measure } from '#testing';
import { join } from 'node:path';

const runs = 3;

/** `npm start`, dependencies present, until ready: on a new directory, and again on the same. */
export async function startup(work: string): Promise<Measure[]> {
  const first: number[] = [];
  const again: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const data = join(work, String(run));
    for (const times of [first, again]) {
      const instance = await Instance.start(data);
      times.push(instance.readyMs / 1000);
      await instance.stop();
    }
  }
  return [
    atMost('first start until ready, slowest of 3', percentile(first, 1), 's', 15),
    atMost('start on its data until ready, slowest of 3', percentile(again, 1), 's', 15),
  ];
}
