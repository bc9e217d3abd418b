import type { PipelineAnswer } from '#contracts';
import { exactly, importFile, Instance, type Measure, until } from '#testing';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cellDifferences, referenceFile, restDifferences } from './reference.js';

const kills = 10;

/** `kill -9` of the whole process at ten points of an import, a start after each: it continues, and every cell is exact. */
export async function killImport(work: string): Promise<Measure[]> {
  const data = join(work, 'data');
  const shop = 'online-retail';
  let instance = await Instance.start(data);
  let finished = false;
  // The port is kept, so that the importer finds the instance again as it would after `npm start`.
  const port = new URL(instance.url).port;
  const importing = importFile(instance.url, shop, 'online-retail', referenceFile(), join(work, 'rejects.csv')).finally(
    () => (finished = true),
  );
  importing.catch(() => undefined);
  let killed = 0;
  let brokersLeft = 0;
  // The importer reads its file first, however long that takes; the kills are to fall into sending, writing and refreshing.
  const first = instance;
  await until(async () => finished || (await isSending(first, shop)), 'the importer sends');
  for (let round = 0; round < kills && !finished; round += 1) {
    await sleep(400 + ((round * 737) % 1_900));
    if (finished) break;
    await instance.kill();
    killed += 1;
    await sleep(1_500);
    brokersLeft += brokersOn(data);
    instance = await Instance.start(data, { TIDELINE_PORT: port });
  }
  await importing;
  const rest = await restDifferences(instance, shop);
  const code = await instance.stop();
  const cells = await cellDifferences(data, shop, ['online-retail']);
  return [
    exactly('kills that fell into the import', killed, 'kills', kills),
    exactly('brokers that outlived a kill', brokersLeft, 'processes', 0),
    exactly('published figures that differ', rest.length, 'figures', 0),
    exactly('cells that differ from the oracle', cells, 'cells', 0),
    exactly('exit code of the stop at the end', code ?? -1, '', 0),
  ];
}

/** Whether the broker holds something of the shop. */
async function isSending(instance: Instance, shop: string): Promise<boolean> {
  const { shops } = await instance.get<PipelineAnswer>('/api/v1/pipeline');
  return shops.some((each) => each.shop === shop && each.partitions.some(({ brokerEnd }) => Number(brokerEnd ?? 0) > 0));
}

/** Java processes that still serve this data directory. */
function brokersOn(data: string): number {
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return processes.split('\n').filter((line) => line.includes('kafka.Kafka') && line.includes(data) && line.startsWith('java')).length;
}
