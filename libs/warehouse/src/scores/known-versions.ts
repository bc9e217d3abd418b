import { beats } from '../beats.js';
import type { Place } from './place.js';

/** One version of an order, as the ledger has it: what decides whether it counts at an instant, and for whom. Instants in Unix milliseconds. */
export interface OrderVersion extends Place {
  readonly orderId: string;
  /** '' for a guest. */
  readonly customerId: string;
  readonly revision: bigint;
  readonly hash: string;
  readonly cancelled: boolean;
  readonly orderTime: number;
  readonly eventTime: number;
  readonly recordedTime: number;
}

/** One version of a return. */
export interface ReturnVersion extends Place {
  readonly returnId: string;
  /** '' where the order is not known. */
  readonly orderId: string;
  readonly customerId: string;
  readonly revision: bigint;
  readonly hash: string;
  readonly refunded: boolean;
  readonly refundTime: number;
  readonly eventTime: number;
  readonly recordedTime: number;
}

export type KnownVersion = OrderVersion | ReturnVersion;

/** The winner of some versions; undefined where there is none. */
export function winnerOf<V extends KnownVersion>(versions: readonly V[]): V | undefined {
  let best: V | undefined;
  for (const each of versions) {
    if (!best || beats(each, best)) best = each;
  }
  return best;
}
