import { useCallback, useEffect, useRef, useState } from 'react';
import { ask, notReady, RequestError } from '../live/http.js';
import type { Trouble } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';

type Schema<T> = Parameters<typeof ask<T>>[1];

export interface Resource<T> {
  /** What the newest good answer said; null before there is one. */
  readonly data: T | null;
  /** What went wrong at the newest ask; the data before it stay. */
  readonly trouble: Trouble | null;
  /** HTTP status of that, where there was an answer. */
  readonly status: number | null;
  /** When the data came, by this machine's clock. */
  readonly at: number | null;
  readonly reload: () => void;
}

interface Options {
  /** Asked again whenever this changes. */
  readonly moved?: string | number | null | undefined;
  /** Asked again after this long: for what nobody tells of. */
  readonly everyMs?: number;
}

interface Held<T> {
  readonly path: string | null;
  readonly data: T | null;
  readonly trouble: Trouble | null;
  readonly status: number | null;
  readonly at: number | null;
}

/** The data moved, or somebody wants to see them as they are: by what he opens, or by what he did. */
type Reason = 'moved' | 'wanted';

interface Load {
  readonly run: (reason: Reason) => void;
  /** Asks what waited for the end of another ask, or of a pause. */
  readonly goOn: () => void;
}

/** Shortest time between two asks for the same: alerts of a busy shop move many times a second. */
const gapMs = 1_000;

const nothing = { data: null, trouble: null, status: null, at: null } as const;

/**
 * What REST says at a path, one ask at a time; whatever moves meanwhile becomes one more. In a pause nothing is asked for but what
 * was never shown, as in the live rooms, and what somebody wants by what he does.
 * @param path null: nothing is asked
 */
export function useResource<T>(path: string | null, schema: Schema<T>, { moved = null, everyMs }: Options = {}): Resource<T> {
  const [held, setHeld] = useState<Held<T>>({ path: null, ...nothing });
  const paused = useLive((state) => state.paused);
  const isPaused = useRef(paused);
  isPaused.current = paused;
  const load = useRef<Load | null>(null);

  useEffect(() => {
    if (path === null) return undefined;
    let left = false;
    let busy = false;
    /** Why it is to be asked once more when the ask under way, or the pause, is over. */
    let again: Reason | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = (part: Partial<Held<T>>): void => {
      if (!left) setHeld((before) => ({ ...(before.path === path ? before : nothing), ...part, path }));
    };
    const run = (reason: Reason): void => {
      if (left) return;
      // What moved is not for one who is in a pause.
      if (busy || (reason === 'moved' && isPaused.current)) {
        if (again !== 'wanted') again = reason;
        return;
      }
      busy = true;
      void ask(path, schema)
        .then(
          (data) => take({ data, trouble: null, status: 200, at: Date.now() }),
          (error: unknown) => {
            if (!(error instanceof RequestError)) throw error;
            take({ trouble: error.trouble, status: error.status });
            if (error.trouble.code === notReady) again = 'wanted';
          },
        )
        .finally(() => {
          timer = setTimeout(() => {
            busy = false;
            goOn();
          }, gapMs);
        });
    };
    const goOn = (): void => {
      const reason = again;
      if (busy || reason === null) return;
      again = null;
      run(reason);
    };
    load.current = { run, goOn };
    run('wanted');
    const clock = everyMs === undefined ? undefined : setInterval(() => run('moved'), everyMs);
    return () => {
      left = true;
      load.current = null;
      clearTimeout(timer);
      clearInterval(clock);
    };
  }, [path, schema, everyMs]);

  const first = useRef(true);
  useEffect(() => {
    if (!first.current) load.current?.run('moved');
    first.current = false;
  }, [moved]);
  useEffect(() => {
    if (!paused) load.current?.goOn();
  }, [paused]);

  const reload = useCallback(() => load.current?.run('wanted'), []);
  const { data, trouble, status, at } = held.path === path ? held : nothing;
  return { data, trouble, status, at, reload };
}
