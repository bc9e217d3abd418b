import { campaignChannels } from '../law/assortment.data.js';
import { dayMs, worldStart } from '../law/calendar.js';
import { campaignKinds, historyDays } from '../law/constants.data.js';
import type { Profile } from '../law/profiles.js';
import { campaignRun, type CampaignRun } from '../law/season.js';
import { Stream } from '../random/stream.js';

/** A campaign as the shop keeps it. */
export interface TrackedCampaign {
  readonly run: CampaignRun;
  readonly id: string;
  /** With its year: `Black Friday 2024`. */
  readonly name: string;
  readonly channel: (typeof campaignChannels)[number];
  /** Cents. */
  readonly budget: number;
}

/** What a campaign spent and reached on a day. */
export interface CampaignReport {
  readonly campaign: TrackedCampaign;
  readonly day: number;
  /** Cents. */
  readonly spend: number;
  readonly impressions: number;
  readonly clicks: number;
}

/** Orders per buyer and share of registered customers who buy, roughly: a budget is a guess made beforehand. */
const expectedOrdersPerCustomer = 1.3;

/** Id of a campaign: `black-friday-2024`. */
export function campaignId({ kind, year }: CampaignRun): string {
  return `${kind.name.toLowerCase().replace(/[^a-z]+/g, '-')}-${year}`;
}

export function trackedCampaign(seed: number, run: CampaignRun, profile: Profile): TrackedCampaign {
  const random = new Stream(seed, 'campaign', run.number);
  // What the shop may hope to sell more because of it, at its size on that day.
  const growth = Math.min(run.firstDay / historyDays, 1.5);
  const daily = ((profile.customers * profile.c * expectedOrdersPerCustomer) / historyDays) * profile.median * 2 * growth;
  const hoped = daily * run.kind.uplift * run.kind.days;
  const budget = Math.max(500, Math.round((hoped * (0.25 + 0.6 * random.uniform())) / 500) * 500) * 100;
  return { run, id: campaignId(run), name: `${run.kind.name} ${run.year}`, channel: random.pick(campaignChannels), budget };
}

/** Spend of each day: shares of 85 to 104 per cent of the budget, in whole cents. */
export function reportOf(seed: number, campaign: TrackedCampaign, day: number): CampaignReport {
  const { run } = campaign;
  const whole = new Stream(seed, 'campaign', run.number, 1).uniform();
  const weight = (each: number): number => 0.6 + 0.8 * new Stream(seed, 'campaign', run.number, 2 + each).uniform();
  let total = 0;
  for (let each = 0; each < run.kind.days; each += 1) total += weight(each);
  const index = day - run.firstDay;
  const spend = Math.round((campaign.budget * (0.85 + 0.19 * whole) * weight(index)) / total);
  const random = new Stream(seed, 'campaign', run.number, 1_000 + index);
  // 4 to 12 of the currency for a thousand views; 0.8 to 3 clicks of a hundred views.
  const impressions = Math.round((spend / 100 / (4 + 8 * random.uniform())) * 1_000);
  return { campaign, day, spend, impressions, clicks: Math.round(impressions * (0.008 + 0.022 * random.uniform())) };
}

/** Tracked campaigns that run on a day of the world, or ended the day before. */
export function trackedNear(day: number): CampaignRun[] {
  const year = new Date(worldStart + day * dayMs).getUTCFullYear();
  return [year - 1, year].flatMap((each) =>
    campaignKinds
      .map((_, index) => campaignRun(each, index))
      .filter(({ kind, firstDay, lastDay }) => kind.tracked && day >= firstDay && day <= lastDay + 1),
  );
}
