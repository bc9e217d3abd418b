import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import { searchOf, viewOf, type View } from '../view/view.js';

export type ChangeView = (change: Partial<View>) => void;

/** The view in the address bar, and a way to change it; back and forward work. */
export function useAddress(): readonly [View, ChangeView] {
  const [view, setView] = useState(() => viewOf(window.location.search));
  useEffect(() => {
    const back = (): void => setView(viewOf(window.location.search));
    window.addEventListener('popstate', back);
    return () => window.removeEventListener('popstate', back);
  }, []);
  const change = useCallback((part: Partial<View>) => {
    const search = searchOf({ ...viewOf(window.location.search), ...part });
    window.history.pushState(null, '', search);
    // Read back: what another page keeps does not come along.
    setView(viewOf(search));
  }, []);
  return [view, change];
}

export const ViewContext = createContext<readonly [View, ChangeView] | null>(null);

/** What is looked at, and a way to look at something else. */
export function useView(): readonly [View, ChangeView] {
  const found = useContext(ViewContext);
  if (!found) throw new Error('This component stands outside of ViewContext.');
  return found;
}
