import type { KnownVersion } from '#warehouse';

/** A customer's turn: one event, at the instant at which it is decided on. */
export interface Turn {
  /** Unix milliseconds: recordedtime of the event, or that of a later one of the customer that came before it. */
  readonly at: number;
  readonly row: KnownVersion;
}

/**
 * The events of one customer in the order in which they are decided on. Within a partition that is the ledger's order, whatever the events
 * say of themselves, and between partitions (orders and returns have topics of their own) that of recordedtime. Time does not go back: an
 * event that was recorded before the one decided last is decided on at that one's instant. So where a customer's events come in the order
 * in which they were recorded, and within one partition always, it makes no difference how they were cut into batches.
 * @param rows of one customer; of a partition in the order of the ledger
 * @param notBefore instant of the customer's last decision
 */
export function turnsOf(rows: readonly KnownVersion[], notBefore: number): Turn[] {
  const streams = new Map<string, KnownVersion[]>();
  for (const row of rows) {
    const name = `${row.topic === 'transactions.v1' ? 0 : 1}/${row.partition}`;
    streams.set(name, [...(streams.get(name) ?? []), row]);
  }
  const heads = [...streams].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, stream]) => ({ stream, next: 0, at: -Infinity }));
  const turns: Turn[] = [];
  let now = notBefore;
  for (;;) {
    let first: { head: (typeof heads)[number]; row: KnownVersion; at: number } | undefined;
    for (const head of heads) {
      const row = head.stream[head.next];
      if (!row) continue;
      const at = Math.max(head.at, row.recordedTime);
      if (!first || at < first.at) first = { head, row, at };
    }
    if (!first) return turns;
    first.head.next += 1;
    first.head.at = first.at;
    now = Math.max(now, first.at);
    turns.push({ at: now, row: first.row });
  }
}
