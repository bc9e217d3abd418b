import type { ClickHouse, Sql } from '#clickhouse';
import { featureChunks, features } from '#warehouse';

/** Customer -> the bytes of his row, in hex. */
export async function featureChunksOf(clickhouse: ClickHouse, statement: Sql): Promise<Map<string, string>> {
  const bits = new Map<string, string>();
  for (const { customerIds, values } of featureChunks(await clickhouse.queryBinary(statement), 2_000)) {
    customerIds.forEach((id, row) =>
      bits.set(id, Buffer.from(values.slice(row * features.length, (row + 1) * features.length).buffer).toString('hex')),
    );
  }
  return bits;
}
