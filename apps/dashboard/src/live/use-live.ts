import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { LiveState, Queries } from './live.state.js';
import type { LiveStore } from './live.store.js';

export const LiveContext = createContext<LiveStore | null>(null);

export function useLiveStore(): LiveStore {
  const store = useContext(LiveContext);
  if (!store) throw new Error('This component stands outside of LiveContext.');
  return store;
}

/** A part of the live state. `select` returns parts of the state or plain values, so that an equal part does not draw anew. */
export function useLive<T>(select: (state: LiveState) => T): T {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, () => select(store.state()));
}

/** This machine's clock, at this pace: for ages on the screen. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** Asks for the rooms of the page that is shown. @param queries null: not known yet what to ask for */
export function useRooms(shop: string | null, queries: Queries | null): void {
  const store = useLiveStore();
  const asked = JSON.stringify(queries);
  useEffect(() => {
    if (shop !== null && queries !== null) store.dispatch({ type: 'asked', shop, queries });
    // `asked` is the text of all that `queries` holds: what is drawn anew is not asked for anew.
  }, [store, shop, asked]);
}
