import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { Trouble } from '../live/live.state.js';
import { TroubleNote } from './region.js';

const trouble: Trouble = {
  code: 'part-missing',
  detail: 'This part of the page did not come from the server: it is away, or has a newer page. Reload the page.',
};

/**
 * A component that is fetched when it is first shown. Where it does not come, words stand in its place; an error would take the whole page
 * with it.
 * @param Words says what is wrong
 */
export function fetched<P>(
  load: () => Promise<{ default: ComponentType<P> }>,
  Words: ComponentType<{ trouble: Trouble }> = TroubleNote,
): LazyExoticComponent<ComponentType<P>> {
  return lazy(() => load().catch((): { default: ComponentType<P> } => ({ default: () => <Words trouble={trouble} /> })));
}
