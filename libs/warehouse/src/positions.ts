import { join, sql, type Sql } from '#clickhouse';
import type { LedgerTopic } from './ledger/ledger-tables.js';

/** A place in one partition of the ledger: everything of an earlier epoch, and of this epoch below `next`, lies before it. */
export interface Position {
  readonly topic: LedgerTopic;
  readonly partition: number;
  readonly epoch: number;
  readonly next: bigint;
}

/** Whether all that lies before some positions lies before others too. */
export function areWithin(positions: readonly Position[], others: readonly Position[]): boolean {
  return positions.every(({ topic, partition, epoch, next }) =>
    others.some(
      (each) => each.topic === topic && each.partition === partition && (each.epoch > epoch || (each.epoch === epoch && each.next >= next)),
    ),
  );
}

/** Predicate on a ledger table: rows that lie before the positions. Partitions that are not named lie after. */
export function before(positions: readonly Position[]): Sql {
  return anyOf(
    positions.map(
      ({ partition, epoch, next }) => sql`(partition = ${partition} AND (epoch < ${epoch} OR (epoch = ${epoch} AND offset < ${next})))`,
    ),
  );
}

/** Predicate on a ledger table: rows between two sets of positions of one topic, `from` included, `to` not. */
export function between(from: readonly Position[], to: readonly Position[]): Sql {
  const ranges: Sql[] = [];
  for (const end of to) {
    const start = from.find((each) => each.partition === end.partition);
    if (!start) {
      ranges.push(sql`(partition = ${end.partition} AND (epoch < ${end.epoch} OR (epoch = ${end.epoch} AND offset < ${end.next})))`);
    } else if (start.epoch === end.epoch) {
      if (start.next < end.next) {
        ranges.push(sql`(partition = ${end.partition} AND epoch = ${end.epoch} AND offset >= ${start.next} AND offset < ${end.next})`);
      }
    } else {
      ranges.push(
        sql`(partition = ${end.partition} AND ((epoch = ${start.epoch} AND offset >= ${start.next}) OR (epoch > ${start.epoch} AND epoch < ${end.epoch}) OR (epoch = ${end.epoch} AND offset < ${end.next})))`,
      );
    }
  }
  return anyOf(ranges);
}

/** Predicate on a ledger table: rows at or after the positions; partitions that are not named are wholly after. */
export function after(positions: readonly Position[]): Sql {
  if (positions.length === 0) return sql`1`;
  const later = positions.map(
    ({ partition, epoch, next }) =>
      sql`(partition = ${partition} AND epoch = ${epoch} AND offset >= ${next}) OR (partition = ${partition} AND epoch > ${epoch})`,
  );
  return anyOf([...later, sql`partition NOT IN ${positions.map((each) => each.partition)}`]);
}

function anyOf(predicates: readonly Sql[]): Sql {
  return predicates.length === 0 ? sql`0` : sql`(${join(predicates, ' OR ')})`;
}
