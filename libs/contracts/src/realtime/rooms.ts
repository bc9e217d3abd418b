import { z } from 'zod';
import { currency, instant, shopId } from '../primitives.js';
import { alarmItem } from '../rest/alarms.js';
import { alertCounts, alertItem, alertSort } from '../rest/alerts.js';
import { amount, moment, ratio, stamp } from '../rest/common.js';
import { headlineFigures, seriesPoint } from '../rest/kpis.js';

/** A named period, resolved by the server on the shop's clock; `custom` takes `from` and `to` as the REST queries do. */
export const periodName = z.enum(['today', 'last-7-days', 'last-30-days', 'last-365-days', 'all', 'custom']);

const period = {
  period: periodName.default('today'),
  from: moment.optional().describe('With period=custom: included'),
  to: moment.optional().describe('With period=custom: excluded'),
} as const;

/**
 * Rooms of one shop and what each is asked with. Two asks that are equal after defaults share one room:
 * one query serves all who watch it.
 */
export const roomQueries = {
  headline: z.strictObject(period),
  series: z.strictObject({ ...period, grain: z.enum(['minute', 'hour', 'day', 'week', 'month']).optional() }),
  feed: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  pipeline: z.strictObject({}),
  alerts: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50), sort: alertSort }),
} as const;

export type RoomName = keyof typeof roomQueries;
export const roomNames = Object.keys(roomQueries) as RoomName[];

const span = { from: instant.nullable(), to: instant.nullable() } as const;
const change = z.record(z.string(), z.object({ absolute: z.string().nullable(), ratio }));

/** Tiles: a period so far, and the stretch of equal length before it (today so far against yesterday up to the same time). */
export const headlineData = z.object({
  currency,
  timeZone: z.string(),
  ...span,
  figures: headlineFigures,
  previous: z.object({ ...span, figures: headlineFigures, change }).nullable(),
  pace: z.object({
    ordersPerShopHour: z.number().nullable().describe('Orders of the last full shop hour of the clock'),
    ordersPerRealMinute: z
      .number()
      .nullable()
      .describe('Orders that came and were recorded within the last 60 real seconds of the shop: a history that streams in is not a pace'),
  }),
});

export const seriesData = z.object({ currency, timeZone: z.string(), grain: z.string(), ...span, points: z.array(seriesPoint) });

/** One line of the live feed, newest first by arrival. */
export const feedItem = z.object({
  id: z.string().describe('Event id; a repeated delivery carries the same'),
  kind: z.enum(['order', 'correction', 'cancellation', 'refund', 'return-request']),
  entity: z.string().describe('Order or return id'),
  time: instant,
  customer: z.string().nullable(),
  country: z.string().nullable(),
  amount: amount.describe('Value of the lines before discounts, or the refunded amount'),
  units: z.int(),
});

export const feedData = z.object({ currency, timeZone: z.string(), items: z.array(feedItem) });

/** The strip under the tiles: is the machine well, and how old is what I see. */
export const pipelineData = z.object({
  state: z.string(),
  lag: z.int().describe('Messages in the topics that the figures do not hold yet'),
  waitingMs: z
    .number()
    .describe('Real milliseconds for which the oldest of them has been seen to wait; 0 while the figures keep up with the topics'),
  deadLetters: z.int(),
  audit: z.object({ at: instant, ok: z.boolean() }).nullable(),
  clock: z.object({ mode: z.enum(['wall', 'source', 'data']), now: instant.nullable(), speed: z.number().nullable() }),
  alarms: z.array(alarmItem).describe('Those that are not over'),
});

/** What marketing has to look at: open alerts in the order that was asked for, and how many there are of each state. */
export const alertsData = z.object({ currency, timeZone: z.string(), counts: alertCounts, items: z.array(alertItem) });

export const roomData = { headline: headlineData, series: seriesData, feed: feedData, pipeline: pipelineData, alerts: alertsData } as const;

/** Snapshots are state, never deltas: a lost one costs nothing once a newer one is there. */
function snapshotOf<N extends RoomName>(name: N) {
  return z.object({
    room: z.string().describe('Key of the room, as the answer to `join` named it'),
    name: z.literal(name),
    shop: shopId,
    seq: z.string().describe('Grows with every snapshot of the room: the generation of its figures, a dot, a counter'),
    after: z.string().nullable().describe('seq of the snapshot the room was sent before; not the last one seen = some were missed'),
    lagMs: z
      .number()
      .nullable()
      .describe(
        'Real milliseconds between the newest event in the figures reaching the ledger and the snapshot that showed it first; null for one that was there before anybody looked',
      ),
    data: roomData[name],
    ...stamp,
  });
}

export const headlineSnapshot = snapshotOf('headline');
export const seriesSnapshot = snapshotOf('series');
export const feedSnapshot = snapshotOf('feed');
export const pipelineSnapshot = snapshotOf('pipeline');
export const alertsSnapshot = snapshotOf('alerts');

export const snapshot = z.discriminatedUnion('name', [headlineSnapshot, seriesSnapshot, feedSnapshot, pipelineSnapshot, alertsSnapshot]);

/** Client -> server, acknowledged with `joinAnswer`. A socket is in a few rooms at a time. */
export const joinRequest = z.strictObject({ shop: shopId, name: z.enum(roomNames), query: z.unknown() });
export const joinAnswer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), room: z.string(), snapshot }),
  z.object({ ok: z.literal(false), code: z.string(), detail: z.string() }),
]);
/** Client -> server: `leave` with the key of the room. */
export const leaveRequest = z.strictObject({ room: z.string().max(500) });

/** Server -> client: a room cannot be read. What it showed last stands still until its next snapshot, which takes this back. */
export const roomTrouble = z.object({ room: z.string(), name: z.enum(roomNames), code: z.string(), detail: z.string() });

/** Names of the socket events. The server sends `snapshot` and `trouble` on its own. */
export const socketEvents = { join: 'join', leave: 'leave', snapshot: 'snapshot', trouble: 'trouble' } as const;

/** What a viewer may do. Each includes those before it, but marketer and engineer stand side by side. */
export const role = z.enum(['viewer', 'operator', 'marketer', 'engineer', 'admin']);

export type PeriodName = z.output<typeof periodName>;
export type RoomQuery<N extends RoomName> = z.output<(typeof roomQueries)[N]>;
export type RoomData<N extends RoomName> = z.output<(typeof roomData)[N]>;
export type HeadlineSnapshot = z.output<typeof headlineSnapshot>;
export type SeriesSnapshot = z.output<typeof seriesSnapshot>;
export type FeedSnapshot = z.output<typeof feedSnapshot>;
export type PipelineSnapshot = z.output<typeof pipelineSnapshot>;
export type AlertsSnapshot = z.output<typeof alertsSnapshot>;
export type Snapshot = z.output<typeof snapshot>;
export type FeedItem = z.output<typeof feedItem>;
export type RoomTrouble = z.output<typeof roomTrouble>;
export type JoinRequest = z.output<typeof joinRequest>;
export type JoinAnswer = z.output<typeof joinAnswer>;
export type Role = z.output<typeof role>;
