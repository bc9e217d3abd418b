import { useEffect } from 'react';
import type { LiveStore } from '../live/live.store.js';

/** Space pauses and resumes, unless it means something to the element that has the focus. */
export function usePauseKey(store: LiveStore): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== ' ' || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (event.target instanceof Element && usesSpace(event.target)) return;
      // Space would scroll the page.
      event.preventDefault();
      store.dispatch({ type: store.state().paused ? 'resumed' : 'paused' });
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [store]);
}

/** A radio button is chosen by arrows already: Space does nothing there, and stays free. */
function usesSpace(target: Element): boolean {
  return target.closest('button, a, select, textarea, summary, input:not([type=radio]), [role=dialog], [contenteditable]') !== null;
}
