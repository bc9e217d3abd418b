import { shopsAnswer, type ShopAnswer } from '#contracts';
import { useCallback, useEffect, useState } from 'react';
import { ask, RequestError } from '../live/http.js';
import type { Trouble } from '../live/live.state.js';

export interface Shops {
  /** Null: not known yet. */
  readonly list: readonly ShopAnswer[] | null;
  readonly trouble: Trouble | null;
  /** The server wants to know who asks. */
  readonly signIn: boolean;
  readonly reload: () => void;
}

const retryMs = 3_000;

/**
 * The shops of the server. Asked again while it does not answer, while there is none or one is in preparation, and while the wanted one
 * is not among them: an import may be making it.
 * @param wanted id of the shop that is looked at; null: any
 * @param connection changes with each connection: the list may have changed while there was none
 */
export function useShops(wanted: string | null, connection: boolean): Shops {
  const [shops, setShops] = useState<Omit<Shops, 'reload'>>({ list: null, trouble: null, signIn: false });
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((before) => before + 1), []);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let left = false;
    const again = (): void => {
      if (!left) timer = setTimeout(reload, retryMs);
    };
    void ask('/api/v1/shops', shopsAnswer).then(
      ({ shops: list }) => {
        if (left) return;
        setShops({ list, trouble: null, signIn: false });
        const isMissing = list.length === 0 || (wanted !== null && !list.some((each) => each.shop === wanted));
        if (isMissing || list.some(({ status }) => status !== 'ready')) again();
      },
      (error: unknown) => {
        if (!(error instanceof RequestError)) throw error;
        const signIn = error.status === 401;
        if (!left) setShops((before) => ({ list: before.list, trouble: error.trouble, signIn }));
        if (!signIn) again();
      },
    );
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [wanted, connection, round, reload]);

  return { ...shops, reload };
}
