import type { Queries } from '../live/live.state.js';
import { grainOf, type View } from './view.js';

/** Lines of the feed: more than a screen holds, few enough to send four times a second. */
export const feedLimit = 50;

/** What each room is asked with to show a view. */
export function queriesOf(view: View): Queries {
  const period = {
    period: view.period,
    ...(view.from === null ? {} : { from: view.from }),
    ...(view.to === null ? {} : { to: view.to }),
  };
  return { headline: period, series: { ...period, grain: grainOf(view) }, feed: { limit: feedLimit }, pipeline: {} };
}
