import type { Zone } from '#clock';
import type { ScoreBand, SuppressionReason } from '#contracts';
import type { AlertCustomerReads, Shop, StoredRule } from '#warehouse';
import { setImmediate as breathe } from 'node:timers/promises';
import { reaches } from '../fold/customer.js';
import { foldMessage } from '../fold/fold.js';
import { emptyPartition, foldShopOf, forgetEnded, type PartitionState } from '../fold/partition.js';
import { surroundingsOf } from '../owner/batch-surroundings.js';
import { ruleBookOf } from '../rules/stored-rules.js';
import type { LinedScore } from './score-line.js';

/** An alert that would have been sent. */
export interface PastAlert {
  readonly alertId: string;
  readonly customerId: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** Local date. */
  readonly day: string;
  /** Decimal string. */
  readonly netValue: string;
}

/** What one rule would have done. */
export interface PastDecisions {
  /** By instant, then customer. */
  readonly sent: readonly PastAlert[];
  readonly suppressed: readonly {
    readonly customerId: string;
    readonly at: number;
    readonly day: string;
    readonly reason: SuppressionReason;
  }[];
}

export interface FoldPastParts {
  /** Of the shop; it remembers what it was asked, so one for several folds. */
  readonly zone: Zone;
  readonly customers: Pick<AlertCustomerReads, 'versions' | 'segments'>;
  readonly signal: AbortSignal;
}

/** Scores whose customers are asked for together, as an owner does for a batch. */
const batchSize = 500;
/** Scores that are folded before others get a turn. */
const sliceSize = 50;

/**
 * What a rule would have done with scores, by the owner's own fold: the same partitions, rules by instant, facts by instant, checks, cap
 * and draw. No command comes, for nobody was there; an alert that was not recovered expires.
 * @param scores in order
 * @param rules all that are in force, each from before the first score on
 */
export async function foldPast(
  shop: Shop,
  scores: readonly LinedScore[],
  rules: readonly StoredRule[],
  rule: string,
  { zone, customers, signal }: FoldPastParts,
): Promise<PastDecisions> {
  const fold = foldShopOf(shop, zone);
  const states = Array.from({ length: fold.partitions }, (_, partition) => emptyPartition(partition));
  const bands = ruleBookOf(rules)
    .newest()
    .flatMap(({ on, band }) => (on ? [band] : []));
  const reachesOne = (band: ScoreBand): boolean => bands.some((each) => reaches(band, each));
  const book = { all: () => Promise.resolve([...rules]) };
  const sent: PastAlert[] = [];
  const suppressed: PastDecisions['suppressed'][number][] = [];
  for (let start = 0; start < scores.length; start += batchSize) {
    signal.throwIfAborted();
    const batch = scores.slice(start, start + batchSize).map(({ eventId, score, partition }) => {
      const state = states[partition] ?? emptyPartition(partition);
      return { state, message: { kind: 'scored', eventId, score } as const };
    });
    const messages = batch.map(({ message }) => ({ offset: 0n, message }));
    const around = await surroundingsOf(shop, fold, messages, { rules: book, customers });
    for (const [index, { state, message }] of batch.entries()) {
      if (index % sliceSize === sliceSize - 1) await breathe();
      // Below every band, of somebody who is in none: the fold makes nothing of it.
      if (!reachesOne(message.score.band) && !isInside(state, message.score.customerId)) continue;
      for (const row of foldMessage(state, { offset: state.next, message }, around)) {
        if (row.rule !== rule) continue;
        const { alertId, customerId, at, day, netValue } = row;
        if (row.kind === 'alert' && row.what === 'opened') sent.push({ alertId, customerId, at, day, netValue });
        if (row.kind === 'suppressed') suppressed.push({ customerId, at, day, reason: row.what as SuppressionReason });
      }
    }
    for (const state of states) forgetEnded(state);
  }
  return { sent, suppressed };
}

function isInside({ customers }: PartitionState, customerId: string): boolean {
  return Object.values(customers.get(customerId)?.watches ?? {}).some(({ inside }) => inside);
}
