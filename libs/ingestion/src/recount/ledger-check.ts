import { sql, type ClickHouse } from '#clickhouse';
import {
  compareTables,
  instantOf,
  ledgerTable,
  ledgerTables,
  LedgerRepository,
  tableOf,
  type Aside,
  type LedgerSpan,
  type LedgerTopic,
  type TableComparison,
} from '#warehouse';
import { ledgerRows } from '../ledger/ledger-rows.js';
import type { RecountProgress } from './recount.js';

/** Offsets per round: bounds memory. */
const perRound = 20_000;

interface Kept {
  readonly offset: string;
  readonly payload: string;
  readonly produced_at: string;
  readonly ingested_at: string;
}

/**
 * Judges every message of a topic's ledger again and compares the row that comes of it with the one that stands: verdict, reason and
 * every column follow from the payload alone. A gap has none; the count of offsets proves those.
 * @returns the first part of it that differs, or all rows that were compared
 */
export async function checkLedger(
  clickhouse: ClickHouse,
  aside: Aside,
  topic: LedgerTopic,
  spans: readonly LedgerSpan[],
  onProgress: RecountProgress,
  signal: AbortSignal,
): Promise<TableComparison> {
  const whole = await ledgerTable(clickhouse, aside.of, topic);
  // The words of a refusal may be said better by a later version; its reason may not change.
  const of = { ...whole, values: whole.values.filter(({ name }) => name !== 'detail') };
  const standing = tableOf(aside.of, of.name);
  // The aside has ledger tables of its own, which nobody else uses: the figures there are folded from the shop's.
  const work = { ...aside.shop, ledgerDatabase: aside.shop.database };
  const judged = tableOf(work, of.name);
  const ledger = new LedgerRepository(clickhouse);
  let rows = 0;
  for (const { partition, epoch, first, last } of spans.filter((span) => span.topic === topic)) {
    for (let from = first; from <= last; from += BigInt(perRound)) {
      signal.throwIfAborted();
      const where = sql`partition = ${partition} AND epoch = ${epoch} AND offset >= ${from} AND offset < ${from + BigInt(perRound)} AND verdict != 'gap'`;
      const kept = await clickhouse.query<Kept>(sql`SELECT offset, payload, produced_at, ingested_at FROM ${standing} WHERE ${where}`);
      const again = kept.flatMap(({ offset, payload, produced_at, ingested_at }) => {
        // A payload that was no text was kept in base64: judged as the text that it is now it is refused for the same reason.
        const message = { offset: BigInt(offset), value: Buffer.from(payload), timestamp: instantOf(produced_at) };
        return ledgerRows(aside.of, topic, partition, epoch, message.offset, [message], instantOf(ingested_at));
      });
      await clickhouse.command(sql`TRUNCATE TABLE ${judged}`);
      await ledger.append(work, topic, again);
      const compared = await compareTables(clickhouse, of, { table: judged }, { table: standing, where });
      rows += compared.rows;
      onProgress(rows);
      if (compared.differences.length > 0) return { ...compared, rows };
    }
  }
  return { table: ledgerTables[topic].table, rows, differences: [], more: false };
}
