import { openEmbedded } from '#clickhouse';
import type { SeriesAnswer, SummaryAnswer } from '#contracts';
import { buildEvents, loadMapping, readFiles } from '#importing';
import { compareWarehouse, differencesFromFacts, foldOracle, onlineRetailFile, type Instance, type OracleMessage } from '#testing';
import { join } from 'node:path';

/** The reference file. @throws when it is not there: these commands prove nothing without it */
export function referenceFile(): string {
  const file = onlineRetailFile();
  if (file === undefined)
    throw new Error('online_retail/online_retail.csv.gz is not in TIDELINE_DATASETS. The README says where to get it.');
  return file;
}

/** Figures by REST that differ from the published ones. */
export async function restDifferences(instance: Instance, shop: string): Promise<string[]> {
  const summary = await instance.get<SummaryAnswer>(`/api/v1/shops/${shop}/kpis/summary`);
  const months = await instance.get<SeriesAnswer>(`/api/v1/shops/${shop}/kpis/series?grain=month`);
  return differencesFromFacts(summary, months);
}

/** Cells of a stopped instance's store that differ from the oracle over the file's events. */
export async function cellDifferences(data: string, shop: string, mappings: readonly string[]): Promise<number> {
  const messages: OracleMessage[] = [];
  for (const name of mappings) {
    const mapping = await loadMapping(name);
    const collected = await readFiles([referenceFile()], { mapping });
    for (const { topic, value } of buildEvents(collected, mapping, shop)) messages.push({ topic, value } as OracleMessage);
  }
  const settings = { timeZone: 'Europe/London', currency: 'GBP' };
  const clickhouse = await openEmbedded(join(data, 'clickhouse'));
  try {
    return (await compareWarehouse(clickhouse, `shop_${shop.replaceAll('-', '_')}`, foldOracle(messages, settings), settings)).length;
  } finally {
    await clickhouse.close();
  }
}
