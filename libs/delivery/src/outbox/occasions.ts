import type { AlarmStep } from '#alarms';
import { Zone } from '#clock';
import type { DeliveryMessage } from '#contracts';
import type { AlertLogStep, DeliveryRow, Shop, StandingDelivery } from '#warehouse';
import { z } from 'zod';
import type { ChannelBook, ChannelRevision } from '../channels/channel-book.js';
import { nextDigest } from './digest.js';
import { deliveryIdOf } from './ids.js';
import { unreadable } from './life.js';
import { faultsOf, jsonOf } from './stored-json.js';

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
    const read = readAlert(logged);
    if (typeof read === 'string') return wanted.map((channel) => undeliverable(around, channel, logged, step, read));
    const { openedAt, expiresAt, muted, ...alert } = read;
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

/** @returns why it cannot be read, where it cannot */
function readAlert({ partition, epoch, offset, body }: AlertLogStep): z.output<typeof loggedAlert> | string {
  const read = loggedAlert.safeParse(jsonOf(body));
  if (read.success) return read.data;
  const where = `Row ${partition}/${epoch}/${offset} of the alert log`;
  return `${where} cannot be read: ${faultsOf(read.error)}`;
}

/** A step that cannot be read holds up no other: it is listed as dead, under the key that it would have had. */
function undeliverable(around: OutboxSurroundings, channel: ChannelRevision, logged: AlertLogStep, step: string, why: string): DeliveryRow {
  const { alertId } = logged;
  return {
    ...unreadable(
      standingOf(around, channel, { id: idOf(around, channel, 'alert', alertId, step), about: 'alert', subject: alertId, step }),
      why.slice(0, 500),
      around.now,
    ),
    body: '',
  };
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
  around: OutboxSurroundings,
  channel: ChannelRevision,
  subject: string,
  message: DeliveryMessage,
  shopTime: number | null,
): DeliveryRow {
  const isDigest = channel.kind === 'mail' && channel.mode === 'digest' && shopTime !== null;
  return {
    ...standingOf(around, channel, { id: message.id, about: message.about, subject, step: message.step }),
    digestAt: isDigest ? nextDigest(shopTime, channel.digestHour, new Zone(around.shop.timeZone)) : 0,
    body: JSON.stringify(message),
  };
}

/** A delivery as it begins. */
function standingOf(
  { now }: OutboxSurroundings,
  { id: channel }: ChannelRevision,
  head: Pick<StandingDelivery, 'id' | 'about' | 'subject' | 'step'>,
): StandingDelivery {
  const begun = { at: now, createdAt: now, triedSince: now, nextAt: now, digestAt: 0 };
  return { ...head, ...begun, channel, turn: 0, what: 'created', state: 'waiting', attempts: 0, by: '', detail: '' };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
