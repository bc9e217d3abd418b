import type { Campaign, CampaignDay } from '#contracts';
import { columnInstant, type Mapped } from './ledger-mapper.js';

/** A campaign's state -> `ledger_campaigns`, the columns of a day left empty. */
export function mapCampaign(campaign: Campaign): Mapped {
  return {
    subject: campaign.campaignId,
    entityId: `c:${campaign.campaignId}`,
    revision: campaign.revision,
    happenedAt: [],
    currency: campaign.currency,
    duplicateLine: undefined,
    values: [
      campaign.campaignId,
      0,
      campaign.status,
      campaign.name,
      campaign.kind ?? '',
      campaign.channel ?? '',
      campaign.budget ?? null,
      columnInstant(campaign.startsAt),
      campaign.endsAt ? columnInstant(campaign.endsAt) : null,
      campaign.targetSegment ?? '',
      '1970-01-01',
      '0',
      0,
      0,
    ],
  };
}

/** What a campaign spent and reached on a day -> `ledger_campaigns`; campaign and date are the entity. */
export function mapCampaignDay(day: CampaignDay): Mapped {
  return {
    subject: `${day.campaignId}/${day.date}`,
    entityId: `d:${day.campaignId}/${day.date}`,
    revision: day.revision,
    happenedAt: [],
    currency: day.currency,
    duplicateLine: undefined,
    values: [day.campaignId, 1, '', '', '', '', null, null, null, '', day.date, day.spend, day.impressions, day.clicks],
  };
}
