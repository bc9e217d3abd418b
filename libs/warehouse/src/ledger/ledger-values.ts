import { ledgerTables, ledgerTopics, type LedgerTopic } from './ledger-tables.js';
import type { LedgerRow } from './ledger.repository.js';

/** A topic's own columns. */
export type LedgerColumn<Topic extends LedgerTopic> = (typeof ledgerTables)[Topic]['columns'][number];

const places = new Map(
  ledgerTopics.map((topic) => [topic, new Map(ledgerTables[topic].columns.map((column, index) => [column as string, index]))]),
);

/** A row's value in one of its topic's columns; undefined where it holds no usable event. */
export function valueOf<Topic extends LedgerTopic>(topic: Topic, row: LedgerRow, column: LedgerColumn<Topic>): unknown {
  return row.values?.[places.get(topic)?.get(column) ?? -1];
}
