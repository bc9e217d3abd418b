import type { LedgerTopic } from '#warehouse';
import type { z } from 'zod';
import type { Check } from '../ledger/compiled-contract.js';

/** What a mapper makes of an event's data: who it is about, and the typed columns of its ledger table in order. */
export interface Mapped {
  /** What `subject` must say. */
  readonly subject: string;
  /** What is recomputed together: an order and its returns share one. */
  readonly entityId: string;
  readonly revision: number;
  /** Instants at which the event says something happened; none may lie beyond `recordedtime` plus the skew. */
  readonly happenedAt: readonly string[];
  /** ISO 4217, or undefined where the event carries no money. */
  readonly currency: string | undefined;
  /** Two lines with one number, if there are. */
  readonly duplicateLine: number | undefined;
  readonly values: readonly unknown[];
}

/** A declaration: the runner does the rest. Adding an event type is one more entry in `ledger-consumers.ts`. */
export interface LedgerConsumer {
  readonly topic: LedgerTopic;
  /** Contract per `type`, and the same as a predicate. */
  readonly contracts: ReadonlyMap<string, { readonly schema: z.ZodType; readonly check: Check }>;
  map(type: string, data: unknown): Mapped;
}

/** `2011-12-09T12:50:00Z` as ClickHouse reads it. */
export function columnInstant(instant: string): string {
  return instant.slice(0, -1).replace('T', ' ');
}

/** Columns of a Nested from objects: one array per column, in the order of `pick`. */
export function columnArrays<T>(rows: readonly T[], pick: readonly ((row: T) => unknown)[]): unknown[][] {
  return pick.map((column) => rows.map(column));
}

/** The first number that stands twice, or undefined. */
export function firstDuplicate(numbers: readonly number[]): number | undefined {
  const seen = new Set<number>();
  for (const number of numbers) {
    if (seen.has(number)) return number;
    seen.add(number);
  }
  return undefined;
}
