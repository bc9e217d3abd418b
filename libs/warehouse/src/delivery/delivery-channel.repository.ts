import { sql, Standing, type ClickHouse } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import { instantOf, textOf } from '../watermark.repository.js';
import type { StoredChannel } from './delivery-log.js';

/** Channels of deliveries: every revision there ever was. */
export class DeliveryChannelRepository {
  readonly #standing: Standing<StoredChannel[]>;

  constructor(private readonly clickhouse: ClickHouse) {
    this.#standing = new Standing(clickhouse);
  }

  async add(shop: Shop, { channel, revision, body, by, writtenAt }: StoredChannel): Promise<void> {
    const row = [channel, revision, body, by, textOf(new Date(writtenAt))];
    const columns = ['channel', 'revision', 'body', 'said_by', 'written_at'];
    await this.clickhouse.insert(tableOf(shop, 'delivery_channels'), columns, JSON.stringify(row));
  }

  /** By channel and revision. Of two that were put as one revision in the same moment the first one counts, everywhere alike. */
  all(shop: Shop): Promise<StoredChannel[]> {
    return this.#standing.get(shop.database, [tableOf(shop, 'delivery_channels')], () => this.read(shop));
  }

  private async read(shop: Shop): Promise<StoredChannel[]> {
    const rows = await this.clickhouse.query<{ channel: string; revision: number; body: string; said_by: string; written_at: string }>(
      sql`SELECT channel, revision, body, said_by, written_at FROM ${tableOf(shop, 'delivery_channels')}
ORDER BY channel, revision, written_at, said_by, body LIMIT 1 BY channel, revision`,
    );
    return rows.map(({ channel, revision, body, said_by, written_at }) => ({
      ...{ channel, revision, body, by: said_by },
      writtenAt: instantOf(written_at).getTime(),
    }));
  }
}
