import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { LiveState } from './live.state.js';
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
