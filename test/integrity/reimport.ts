import { exactly, importFile, Instance, type Measure } from '#testing';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SummaryAnswer } from '#contracts';
import { cellDifferences, referenceFile, restDifferences } from './reference.js';

/** The same file twice changes no figure; a mended mapping (revision + 1) replaces the rows it makes. */
export async function reimport(work: string): Promise<Measure[]> {
  const file = referenceFile();
  const rejects = join(work, 'rejects.csv');
  const data = join(work, 'data');
  const shop = 'online-retail';
  const shipped = resolve('libs/importing/mappings/online-retail.yaml');
  // The mending: the third revision of a figure is as good as any; here every order gets a channel.
  const mended = join(work, 'mended.yaml');
  const text = await readFile(shipped, 'utf8');
  await writeFile(mended, text.replace('columns:', 'revision: 2\n\ncolumns:\n  channel: { constant: web }'));

  let instance = await Instance.start(data);
  await importFile(instance.url, shop, 'online-retail', file, rejects);
  const once = await restDifferences(instance, shop);
  await importFile(instance.url, shop, 'online-retail', file, rejects);
  const twice = await restDifferences(instance, shop);
  await instance.stop();
  const cellsAfterTwo = await cellDifferences(data, shop, ['online-retail']);

  instance = await Instance.start(data);
  await importFile(instance.url, shop, mended, file, rejects);
  const mendedDifferences = await restDifferences(instance, shop);
  const byChannel = await instance.get<{ rows: { member: string | null; orders: number }[] }>(
    `/api/v1/shops/${shop}/kpis/breakdown?by=channel`,
  );
  const summary = await instance.get<SummaryAnswer>(`/api/v1/shops/${shop}/kpis/summary`);
  const onWeb = byChannel.rows.find((row) => row.member === 'web')?.orders ?? 0;
  await instance.stop();
  const cellsAfterMending = await cellDifferences(data, shop, ['online-retail', mended]);
  return [
    exactly('published figures that differ after one import', once.length, 'figures', 0),
    exactly('published figures that differ after two', twice.length, 'figures', 0),
    exactly('cells that differ from the oracle after two', cellsAfterTwo, 'cells', 0),
    exactly('published figures that differ after a mended mapping', mendedDifferences.length, 'figures', 0),
    exactly('orders that carry what was mended', onWeb, 'orders', summary.figures.orders),
    exactly('cells that differ from the oracle after it', cellsAfterMending, 'cells', 0),
  ];
}
