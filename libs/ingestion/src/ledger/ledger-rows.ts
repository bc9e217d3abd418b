import type { LedgerRow, LedgerTopic, Shop } from '#warehouse';
import { textOf } from '#warehouse';
import { ledgerConsumers } from '../ledger-consumers.js';
import { judge } from './judge.js';

/** A message with its place, as far as the ledger needs it. */
export interface PlacedMessage {
  readonly offset: bigint;
  readonly value: Buffer | null;
  readonly timestamp: Date;
}

const noInstant = '1970-01-01 00:00:00.000';

/**
 * Ledger rows of one batch. Offsets that the broker skipped (transaction markers, deleted records) become gap rows, so
 * the audit's count of offsets adds up.
 * @param next the offset the ledger expects first; messages below it are already there and are left out
 */
export function ledgerRows(
  shop: Shop,
  topic: LedgerTopic,
  partition: number,
  epoch: number,
  next: bigint,
  messages: readonly PlacedMessage[],
  now: Date,
): LedgerRow[] {
  const rows: LedgerRow[] = [];
  const ingestedAt = textOf(now);
  let expected = next;
  let [producedMs, producedAt] = [Number.NaN, ''];
  for (const { offset, value, timestamp } of messages) {
    if (offset < expected) continue;
    if (offset > expected) rows.push(gapRow(topic, partition, epoch, expected, offset - expected, 'skipped-by-broker', now));
    expected = offset + 1n;
    // Messages of one batch mostly have one timestamp.
    if (timestamp.getTime() !== producedMs) [producedMs, producedAt] = [timestamp.getTime(), textOf(timestamp)];
    const judged = judge(ledgerConsumers[topic], topic, value, shop);
    const { verdict, type, eventId, payload } = judged;
    const accepted = judged.verdict === 'accepted';
    rows.push({
      envelope: {
        partition,
        epoch,
        offset,
        topic,
        missing: 0,
        verdict,
        reason: accepted ? '' : judged.reason,
        detail: accepted ? '' : judged.detail,
        type,
        eventId,
        entityId: accepted ? judged.mapped.entityId : '',
        revision: accepted ? judged.mapped.revision : 0,
        hash: accepted ? judged.hash : '',
        eventTime: accepted ? judged.eventTime : noInstant,
        recordedTime: judged.recordedTime ?? noInstant,
        producedAt,
        ingestedAt,
        payload,
      },
      values: accepted ? judged.mapped.values : undefined,
    });
  }
  return rows;
}

/** Offsets that the broker no longer has, or never handed out, as one row. */
export function gapRow(
  topic: LedgerTopic,
  partition: number,
  epoch: number,
  offset: bigint,
  missing: bigint,
  reason: 'lost-by-retention' | 'skipped-by-broker',
  now: Date,
): LedgerRow {
  return rowWithoutMessage(
    {
      topic,
      partition,
      epoch,
      offset,
      missing: Number(missing),
      reason,
      detail: `${missing} offsets from ${offset} on were not on the broker.`,
    },
    now,
  );
}

/**
 * The beginning of an epoch: from here on offsets count from the broker's start. It takes the place of no offset. Without it a restart
 * before the epoch's first message would not know of it, and go on where the former epoch ended.
 */
export function epochRow(topic: LedgerTopic, partition: number, epoch: number, now: Date): LedgerRow {
  const detail = `The topic was made anew or lost its last messages: epoch ${epoch} begins.`;
  return rowWithoutMessage({ topic, partition, epoch, offset: 0n, missing: 0, reason: 'new-epoch', detail }, now);
}

type Place = Pick<LedgerRow['envelope'], 'topic' | 'partition' | 'epoch' | 'offset' | 'missing' | 'reason' | 'detail'>;

function rowWithoutMessage(place: Place, now: Date): LedgerRow {
  return {
    envelope: {
      ...place,
      verdict: 'gap',
      type: '',
      eventId: '',
      entityId: '',
      revision: 0,
      hash: '',
      eventTime: noInstant,
      recordedTime: noInstant,
      producedAt: textOf(now),
      ingestedAt: textOf(now),
      payload: '',
    },
    values: undefined,
  };
}
