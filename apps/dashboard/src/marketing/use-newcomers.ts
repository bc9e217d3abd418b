import { useCallback, useState } from 'react';

export interface Newcomers {
  /** Ids that came after the list was first known and were not looked at. */
  readonly fresh: ReadonlySet<string>;
  readonly seen: (id: string) => void;
}

interface Known {
  readonly list: string;
  readonly text: string;
  readonly all: ReadonlySet<string>;
  readonly fresh: ReadonlySet<string>;
}

const nobody: ReadonlySet<string> = new Set();

/**
 * What is new in a list since it was first known, an empty one too. What leaves the list and comes back is no newcomer.
 * @param list its name: in another list nothing is new
 * @param ids null: not known yet
 */
export function useNewcomers(list: string, ids: readonly string[] | null): Newcomers {
  const [known, setKnown] = useState<Known | null>(null);
  const text = ids?.join(' ') ?? '';
  if (ids !== null && known?.list !== list) setKnown({ list, text, all: new Set(ids), fresh: nobody });
  else if (ids !== null && known !== null && known.text !== text) {
    const there = new Set(ids);
    const fresh = [...known.fresh, ...ids.filter((id) => !known.all.has(id))].filter((id) => there.has(id));
    setKnown({ list, text, all: new Set([...known.all, ...ids]), fresh: new Set(fresh) });
  }
  const seen = useCallback((id: string) => {
    setKnown((before) => (before?.fresh.has(id) ? { ...before, fresh: new Set([...before.fresh].filter((each) => each !== id)) } : before));
  }, []);
  return { fresh: known?.list === list ? known.fresh : nobody, seen };
}
