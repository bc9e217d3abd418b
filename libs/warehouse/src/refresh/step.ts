import { sql, type Sql } from '#clickhouse';
import type { LedgerStretch } from '../ledger/ledger-tail.js';
import type { LedgerTopic } from '../ledger/ledger-tables.js';
import { before, between, type Position } from '../positions.js';
import { claimOf } from '../claim.repository.js';
import { tableOf, type Shop } from '../shop.js';
import { scratchOf, type ScratchTable } from './scratch.js';

/**
 * One refresh step: a pure function of the ledger up to `to`. Redone after a crash it writes the same rows under a higher
 * generation, which replace the half-written ones.
 */
export interface Step {
  readonly shop: Shop;
  readonly generation: bigint;
  readonly from: readonly Position[];
  readonly to: readonly Position[];
}

/** A statement with the name it has in profiles, golden files and errors. */
export interface NamedStatement {
  readonly name: string;
  readonly statement: Sql;
}

/** Shorthands that the statements of a step share. */
export class StepSql {
  constructor(readonly step: Step) {}

  table(name: string): Sql {
    return tableOf(this.step.shop, name);
  }
  /** A work table of the step's claim. */
  scratch(name: ScratchTable): Sql {
    return this.table(scratchOf(name, claimOf(this.step.generation)));
  }
  get generation(): Sql {
    return sql`${this.step.generation}`;
  }
  get zone(): Sql {
    return sql`${this.step.shop.timeZone}`;
  }
  /** Places in the topic that are new in this step. */
  range(topic: LedgerTopic): Sql {
    return between(this.positions(this.step.from, topic), this.positions(this.step.to, topic));
  }
  /** Rows of the topic that are new in this step. */
  fresh(topic: LedgerTopic): Sql {
    return sql`${this.range(topic)} AND verdict = 'accepted'`;
  }
  /** Rows of the topic that this step may know. */
  known(topic: LedgerTopic): Sql {
    return sql`${before(this.positions(this.step.to, topic))} AND verdict = 'accepted'`;
  }
  /** Whether anything of the topic is new: statements about a topic that stood still are left out. */
  moved(topic: LedgerTopic): boolean {
    const from = this.positions(this.step.from, topic);
    return this.positions(this.step.to, topic).some((end) => {
      const start = from.find((each) => each.partition === end.partition);
      return !start || start.epoch !== end.epoch || start.next !== end.next;
    });
  }
  /** First day of the shop's month of an instant, as a Date. */
  month(at: Sql): Sql {
    return sql`toStartOfMonth(toTimeZone(${at}, ${this.zone}))`;
  }

  /** What is new in this step, partition by partition. Undefined where one enters a new epoch: then it may hold rows of two. */
  stretches(topic: LedgerTopic): LedgerStretch[] | undefined {
    const from = this.positions(this.step.from, topic);
    const stretches: LedgerStretch[] = [];
    for (const { partition, epoch, next } of this.positions(this.step.to, topic)) {
      const start = from.find((each) => each.partition === partition) ?? { epoch: 1, next: 0n };
      if (start.epoch !== epoch) return undefined;
      if (start.next < next) stretches.push({ topic, partition, epoch, from: start.next, to: next });
    }
    return stretches;
  }

  private positions(all: readonly Position[], topic: LedgerTopic): Position[] {
    return all.filter((each) => each.topic === topic);
  }
}
