import { useCallback, useEffect, useState } from 'react';
import { searchOf, viewOf, type View } from '../view/view.js';

/** The view in the address bar, and a way to change it; back and forward work. */
export function useView(): readonly [View, (change: Partial<View>) => void] {
  const [view, setView] = useState(() => viewOf(window.location.search));
  useEffect(() => {
    const back = (): void => setView(viewOf(window.location.search));
    window.addEventListener('popstate', back);
    return () => window.removeEventListener('popstate', back);
  }, []);
  const change = useCallback((part: Partial<View>) => {
    const next = { ...viewOf(window.location.search), ...part };
    window.history.pushState(null, '', searchOf(next));
    setView(next);
  }, []);
  return [view, change];
}
