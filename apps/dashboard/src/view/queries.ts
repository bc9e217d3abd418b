import type { AlertSort } from '#contracts';
import type { Queries } from '../live/live.state.js';
import { grainOf, type View } from './view.js';

/** Lines of the feed: more than a screen holds, few enough to send four times a second. */
export const feedLimit = 50;
/** Alerts of the live list. */
export const alertsLimit = 100;

/** What each room is asked with to show a view of the overview. */
export function overviewQueries(view: View): Queries {
  const period = {
    period: view.period,
    ...(view.from === null ? {} : { from: view.from }),
    ...(view.to === null ? {} : { to: view.to }),
  };
  return { headline: period, series: { ...period, grain: grainOf(view) }, feed: { limit: feedLimit }, pipeline: {} };
}

/** The pipeline is in every page: whether figures are behind is said everywhere. */
export function marketingQueries(sort: AlertSort): Queries {
  return { alerts: { limit: alertsLimit, sort }, pipeline: {} };
}

/** Of pages that ask REST for all they show. */
export const plainQueries: Queries = { pipeline: {} };
