import type { LedgerTopic } from '../ledger/ledger-tables.js';
import type { Position } from '../positions.js';
import type { Shop } from '../shop.js';

/** Which messages of a shop's ledger are replayed: those before `positions` that the shop knew in a stretch of its time. */
export interface ReplaySelection {
  readonly positions: readonly Position[];
  /** Included; null: from the beginning on. Unix milliseconds of `recordedtime`. */
  readonly from: number | null;
  /** Not included; null: to the end. */
  readonly to: number | null;
}

/** How many messages of one partition are replayed. */
export interface ReplayEnd {
  readonly topic: LedgerTopic;
  readonly partition: number;
  readonly messages: number;
}

/** What a replay is to do, fixed when it was asked for. Instants are Unix milliseconds. */
export interface ReplayPlan {
  readonly source: Pick<Shop, 'shop' | 'database'>;
  readonly selection: ReplaySelection;
  /** Where each partition of the sandbox ends. */
  readonly ends: readonly ReplayEnd[];
  /** The sandbox's first instant; null when no message of the selection has a time. */
  readonly startsAt: number | null;
  /** Its last: the source's clock, or the end of the selection where that is earlier; null when the source has no time yet. */
  readonly endsAt: number | null;
  readonly askedBy: string;
  readonly askedAt: number;
}

/** Where a replay stands between what was asked and what was planned. */
export interface ReplayTurns {
  /** Shop seconds per real second; null is as fast as it goes. */
  readonly speed: number | null;
  readonly paused: boolean;
  /** Why it cannot go on; null when it can. */
  readonly broken: string | null;
}

export type ReplayTurn =
  | { readonly turn: 'speed'; readonly speed: number | null }
  | { readonly turn: 'paused' | 'resumed' }
  | { readonly turn: 'broken'; readonly detail: string };

/** Messages that a replay brings in all. */
export function messagesOf({ ends }: Pick<ReplayPlan, 'ends'>): number {
  return ends.reduce((sum, { messages }) => sum + messages, 0);
}

/** How many of its messages lie before some positions of the sandbox. */
export function messagesBefore({ ends }: Pick<ReplayPlan, 'ends'>, positions: readonly Position[]): number {
  return ends.reduce((sum, { topic, partition, messages }) => {
    const next = positions.find((each) => each.topic === topic && each.partition === partition)?.next ?? 0n;
    return sum + Math.min(Number(next), messages);
  }, 0);
}
