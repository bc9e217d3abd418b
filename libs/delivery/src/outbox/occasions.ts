import { Zone } from '#clock';
import type { DeliveryMessage } from '#contracts';
import type { AlertLogStep, DeliveryRow, Shop } from '#warehouse';
import { z } from 'zod';
import type { ChannelBook, ChannelRevision } from '../channels/channel-book.js';
import { nextDigest } from './digest.js';
import { deliveryIdOf } from './ids.js';

/** What is read of an alert in its log. */
const loggedAlert = z.object({
  alertId: z.string(),
  customerId: z.string(),
  rule: z.string(),
  band: z.enum(['medium', 'high']),
  model: z.string(),
  probability: z.number(),
  orders: z.number(),
  netValueAtStake: z.string(),
  reasons: z.array(z.string()),
  openedAt: z.number(),
  expiresAt: z.number(),
  muted: z.boolean().default(false),
});

/** What the pipeline complains of, or no longer does. Instants are wall clock, Unix milliseconds. */
export interface AlarmStep {
  readonly step: 'raised' | 'cleared';
  readonly code: string;
  readonly subject: string;
  readonly message: string;
  readonly since: number;
  readonly at: number;
  readonly runbook: string;
}

/** Where deliveries go at the moment. */
export interface OutboxSurroundings {
  readonly shop: Shop;
  readonly channels: ChannelBook;
  /** Shop time, Unix milliseconds; null while it has none. Digests wait for it. */
  readonly clock: number | null;
  /** Wall clock. */
  readonly now: number;
}

/**
 * Deliveries that follow from steps of alerts: one per channel that wants to hear of it. Which those are hangs on when the step was
 * written, not on when this is asked: done again, the same deliveries come of it.
 */
export function deliveriesOfAlerts(steps: readonly AlertLogStep[], around: OutboxSurroundings): DeliveryRow[] {
  return steps.flatMap((logged) => {
    const step = logged.what;
    if (step !== 'opened' && step !== 'recovered') return [];
    const wanted = around.channels
      .at(logged.writtenAt)
      .filter((channel) => (step === 'opened' || channel.recovered) && (channel.rules === null || channel.rules.includes(logged.rule)));
    if (wanted.length === 0) return [];
    const { openedAt, expiresAt, muted, ...alert } = loggedAlert.parse(JSON.parse(logged.body));
    // It ended in a past that was told later: nothing happened that anybody could act on.
    if (muted) return [];
    const shown = { ...alert, currency: around.shop.currency, openedAt: iso(openedAt), expiresAt: iso(expiresAt) };
    return wanted.map((channel) => {
      const id = idOf(around, channel, 'alert', alert.alertId, step);
      const head = { id, shop: around.shop.shop, channel: channel.id, at: iso(logged.at) };
      return created(
        around,
        channel,
        alert.alertId,
        { ...head, about: 'alert', step, alert: shown },
        Math.max(logged.at, around.clock ?? 0),
      );
    });
  });
}

/** Deliveries that follow from what the pipeline complains of. */
export function deliveriesOfAlarm(alarm: AlarmStep, around: OutboxSurroundings): DeliveryRow[] {
  const { step, code, subject, message, since, at, runbook } = alarm;
  const wanted = around.channels
    .at(around.now)
    .filter(({ recovered, alarms }) => (step === 'raised' || recovered) && (alarms === null || alarms.includes(code)));
  return wanted.map((channel) => {
    const about = `${code} ${subject}`.trim();
    const id = idOf(around, channel, 'alarm', `${about} ${since}`, step);
    const head = { id, shop: around.shop.shop, channel: channel.id, at: iso(at) };
    const shown = { code, subject, message, since: iso(since), runbook };
    return created(around, channel, about, { ...head, about: 'alarm', step, alarm: shown }, null);
  });
}

function idOf({ shop }: OutboxSurroundings, { id }: ChannelRevision, about: 'alert' | 'alarm', subject: string, step: string): string {
  return deliveryIdOf({ shop: shop.shop, channel: id, about, subject, step });
}

/** @param shopTime of what a digest may hold; null: it waits for no digest */
function created(
  { shop, now }: OutboxSurroundings,
  channel: ChannelRevision,
  subject: string,
  message: DeliveryMessage,
  shopTime: number | null,
): DeliveryRow {
  const isDigest = channel.kind === 'mail' && channel.mode === 'digest' && shopTime !== null;
  return {
    ...{ at: now, id: message.id, turn: 0, what: 'created', state: 'waiting', channel: channel.id, about: message.about, subject },
    ...{ step: message.step, createdAt: now, triedSince: now, attempts: 0, nextAt: now, by: '', detail: '', body: JSON.stringify(message) },
    digestAt: isDigest ? nextDigest(shopTime, channel.digestHour, new Zone(shop.timeZone)) : 0,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
