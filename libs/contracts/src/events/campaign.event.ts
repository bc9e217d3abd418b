import { z } from 'zod';
import { event } from '../envelope.js';
import { calendarDate, currency, id, instant, label, money, revision } from '../primitives.js';

/** Leaves room for the date in the subject of a campaign's day. */
const campaignId = id.max(180);

/** Full state of a campaign. */
export const campaign = z.looseObject({
  campaignId,
  revision,
  status: z.enum(['running', 'ended']),
  name: label,
  kind: label.nullish(),
  channel: label.nullish(),
  budget: money.nullish(),
  currency,
  startsAt: instant,
  endsAt: instant.nullish(),
  targetSegment: label.nullish(),
});

/** What a campaign spent and reached on one day of the shop; an entity of its own, `<campaign>/<date>`. */
export const campaignDay = z.looseObject({
  campaignId,
  date: calendarDate,
  revision,
  currency,
  spend: money,
  impressions: z.int().min(0),
  clicks: z.int().min(0),
});

export const campaignStarted = event('tideline.campaign.started.v1', campaign.extend({ status: z.literal('running') }));
export const campaignUpdated = event('tideline.campaign.updated.v1', campaign);
export const campaignEnded = event('tideline.campaign.ended.v1', campaign.extend({ status: z.literal('ended') }));
export const campaignDayReported = event('tideline.campaign.day-reported.v1', campaignDay);
export type Campaign = z.infer<typeof campaign>;
export type CampaignDay = z.infer<typeof campaignDay>;
