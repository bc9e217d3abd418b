import type { CampaignDay } from '#contracts';
import type { KpiTable } from './kpi.js';
import type { LocalTime } from './local-time.js';
import { micros, type Micros } from './money.js';

/** What a campaign spent and reached on a local day beside what the orders attributed to it brought. */
export interface CampaignDayFigures {
  readonly campaign: string;
  readonly date: string;
  readonly spend: Micros;
  readonly impressions: number;
  readonly clicks: number;
  readonly orders: number;
  readonly units: bigint;
  readonly gross: Micros;
  readonly discounts: Micros;
  readonly returns: Micros;
  readonly returnsByOrderDate: Micros;
}

/** A row for every day that was reported, or on which an order or refund of the campaign falls. */
export function campaignDays(reported: ReadonlyMap<string, CampaignDay>, kpi: KpiTable, time: LocalTime): CampaignDayFigures[] {
  const sold = [...kpi.rows('day', 'campaign')]
    .filter(({ member }) => member !== '')
    .map((row) => ({ campaignId: row.member, date: time.dateOf(row.bucket) }));
  const keys = new Map([...reported.values(), ...sold].map(({ campaignId, date }) => [`${campaignId}/${date}`, { campaignId, date }]));
  return [...keys].map(([key, { campaignId, date }]) => {
    const day = reported.get(key);
    const row = kpi.rows('day', 'campaign').find(time.startOfDate(date), campaignId);
    return {
      campaign: campaignId,
      date,
      spend: micros(day?.spend),
      impressions: day?.impressions ?? 0,
      clicks: day?.clicks ?? 0,
      orders: row?.orders ?? 0,
      units: row?.units ?? 0n,
      gross: row?.gross ?? 0n,
      discounts: row?.discounts ?? 0n,
      returns: row?.returns ?? 0n,
      returnsByOrderDate: row?.returnsByOrderDate ?? 0n,
    };
  });
}
