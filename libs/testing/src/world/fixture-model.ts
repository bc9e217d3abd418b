import type { ClickHouse } from '#clickhouse';
import { ModelRepository, readManifest, type Shop } from '#warehouse';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Has a shop use the small churn model of the fixtures. */
export async function promoteFixture(clickhouse: ClickHouse, shop: Shop): Promise<void> {
  const models = new ModelRepository(clickhouse);
  const fixture = (file: string): Promise<Buffer> => readFile(resolve('libs/scoring/fixtures', file));
  const manifest = readManifest(JSON.parse((await fixture('churn.json')).toString('utf8')));
  const { version } = await models.add({ name: 'fixture', manifest, file: await fixture('churn.onnx') }, 'tests');
  await models.move(shop, 'promote', version, 'tests');
}
