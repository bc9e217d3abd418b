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
  let expected = next;
  for (const message of messages) {
    if (message.offset < expected) continue;
    if (message.offset > expected) {
      rows.push(gapRow(topic, partition, epoch, expected, message.offset - expected, 'skipped-by-broker', now));
    }
    expected = message.offset + 1n;
    const judged = judge(ledgerConsumers[topic], topic, message.value, shop);
    const common = {
      partition,
      epoch,
      offset: message.offset,
      topic,
      missing: 0,
      type: judged.type,
      eventId: judged.eventId,
      producedAt: textOf(message.timestamp),
      ingestedAt: textOf(now),
      payload: judged.payload,
    };
    rows.push(
      judged.verdict === 'accepted'
        ? {
            envelope: {
              ...common,
              verdict: 'accepted',
              reason: '',
              detail: '',
              entityId: judged.mapped.entityId,
              revision: judged.mapped.revision,
              hash: judged.hash,
              eventTime: judged.eventTime,
              recordedTime: judged.recordedTime,
            },
            values: judged.mapped.values,
          }
        : {
            envelope: {
              ...common,
              verdict: 'rejected',
              reason: judged.reason,
              detail: judged.detail,
              entityId: '',
              revision: 0,
              hash: '',
              eventTime: noInstant,
              recordedTime: noInstant,
            },
            values: undefined,
          },
    );
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
