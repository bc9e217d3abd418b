import { dealStart } from './ids.js';

/** What a share of a day's cap depends on. */
export interface CapAsk {
  readonly shop: string;
  readonly rule: string;
  /** Local date of the shop. */
  readonly day: string;
  readonly cap: number;
  readonly partition: number;
  readonly partitions: number;
}

/**
 * How many alerts of a day one partition may send: the cap is dealt out over the partitions like cards, beginning with another one each
 * day. The shares add up to the cap, and which alerts are within it depends on each partition's own messages alone: an order between
 * partitions, which no two runs have alike, decides nothing.
 */
export function capShare({ shop, rule, day, cap, partition, partitions }: CapAsk): number {
  const turn = (partition - dealStart(shop, rule, day, partitions) + partitions) % partitions;
  return Math.floor(cap / partitions) + (turn < cap % partitions ? 1 : 0);
}
