import { ledgerTopics, ownColumns, type LedgerColumn, type LedgerRow, type LedgerTopic } from './ledger-tables.js';

const places = new Map(ledgerTopics.map((topic) => [topic, new Map(ownColumns(topic).map((column, index) => [column as string, index]))]));

/** A row's value in one of its topic's columns; undefined where it holds no usable event. */
export function valueOf<Topic extends LedgerTopic>(topic: Topic, row: LedgerRow, column: LedgerColumn<Topic>): unknown {
  return row.values?.[places.get(topic)?.get(column) ?? -1];
}
