import { dayMs, worldStart } from './calendar.js';
import { campaignKinds, heldOutShare, historyDays, monthFactors, weekdayFactors, type CampaignKind } from './constants.data.js';

/** One campaign of one year. */
export interface CampaignRun {
  /** Counts years x kinds; never used twice. */
  readonly number: number;
  readonly year: number;
  readonly kind: CampaignKind;
  /** Days of the world; `lastDay` is included. */
  readonly firstDay: number;
  readonly lastDay: number;
}

/** What moves everybody's demand on a day. */
export interface SeasonDay {
  /** Weekday x month, so that with the campaigns the mean over the history is 1. */
  readonly factor: number;
  readonly campaigns: readonly CampaignRun[];
}

const yearDays = 365.25;
const firstYear = new Date(worldStart).getUTCFullYear();

/** Factors by day, without an end: after the history the years repeat. */
export class Season {
  readonly #days = new Map<number, SeasonDay>();
  readonly #norm: number;
  /** No customer's factor is ever above it: sensitivity is at most 2. */
  readonly bound: number;

  constructor() {
    let sum = 0;
    for (let day = 0; day < historyDays; day += 1) {
      const uplift = campaignsOn(day).reduce((total, { kind }) => total + kind.uplift, 0);
      sum += rawFactor(day) * (1 + (1 - heldOutShare) * uplift);
    }
    this.#norm = sum / historyDays;
    // Campaigns overlap by two at most.
    const uplifts = campaignKinds.map(({ uplift }) => uplift).sort((a, b) => b - a);
    const most = 1 + 2 * ((uplifts[0] ?? 0) + (uplifts[1] ?? 0));
    this.bound = (Math.max(...weekdayFactors) * Math.max(...monthFactors) * most) / this.#norm;
  }

  on(day: number): SeasonDay {
    let known = this.#days.get(day);
    if (!known) this.#days.set(day, (known = { factor: rawFactor(day) / this.#norm, campaigns: campaignsOn(day) }));
    return known;
  }
}

/** Campaigns that run on a day, in the order of their numbers. */
export function campaignsOn(day: number): CampaignRun[] {
  const year = new Date(worldStart + day * dayMs).getUTCFullYear();
  return campaignKinds.map((_, kind) => campaignRun(year, kind)).filter((run) => day >= run.firstDay && day <= run.lastDay);
}

/** The campaign of a kind (place in `campaignKinds`) in a year. */
export function campaignRun(year: number, kindIndex: number): CampaignRun {
  const kind = campaignKinds[kindIndex];
  if (!kind) throw new RangeError(`There are ${campaignKinds.length} kinds of campaign.`);
  const newYear = (Date.UTC(year, 0, 1) - worldStart) / dayMs;
  const firstDay = newYear + kind.firstDayOfYear - 1;
  return {
    number: (year - firstYear) * campaignKinds.length + kindIndex,
    year,
    kind,
    firstDay,
    lastDay: firstDay + kind.days - 1,
  };
}

function rawFactor(day: number): number {
  // The world starts on a Monday.
  const weekday = weekdayFactors[day % 7] ?? 1;
  // 12 middles of months, evenly over the year; the last one is followed by the first.
  const place = (((day + 0.5) % yearDays) / yearDays) * 12 - 0.5;
  const before = Math.floor(place);
  const share = place - before;
  const month = (index: number): number => monthFactors[(index + 12) % 12] ?? 1;
  return weekday * (month(before) * (1 - share) + month(before + 1) * share);
}
