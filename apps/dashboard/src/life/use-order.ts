import type { AlertOrder } from '#contracts';
import { useCallback, useState } from 'react';
import { ask, RequestError } from '../live/http.js';
import type { Trouble } from '../live/live.state.js';

/** What became of the last command. @typeParam T what it was said to, as it stands afterwards */
export type OrderState<T> =
  | { readonly now: 'idle' }
  | { readonly now: 'sent'; readonly command: AlertOrder['command'] }
  /** Said, but not decided within the server's patience. */
  | { readonly now: 'pending'; readonly command: AlertOrder['command']; readonly movedAt: string }
  | { readonly now: 'done'; readonly command: AlertOrder['command']; readonly item: T }
  | { readonly now: 'refused'; readonly command: AlertOrder['command']; readonly trouble: Trouble };

/** Where commands are said, and what an answer means. It must stay the same object from one rendering to the next. */
export interface OrderDesk<A, T extends { readonly movedAt: string }> {
  readonly schema: Parameters<typeof ask<A>>[1];
  readonly read: (answer: A) => { readonly item: T; readonly decided: boolean };
}

/**
 * Says commands about a case, one at a time. Nothing is shown as done before it was decided.
 * @param settled called when an answer is there, whatever it says
 */
export function useOrder<A, T extends { readonly movedAt: string }>(
  path: string,
  desk: OrderDesk<A, T>,
  settled: () => void,
): readonly [OrderState<T>, (order: AlertOrder) => void] {
  const [state, setState] = useState<OrderState<T>>({ now: 'idle' });
  const say = useCallback(
    (order: AlertOrder): void => {
      const { command } = order;
      setState({ now: 'sent', command });
      void ask(path, desk.schema, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify(order),
      })
        .then(
          (answer) => {
            const { item, decided } = desk.read(answer);
            setState(decided ? { now: 'done', command, item } : { now: 'pending', command, movedAt: item.movedAt });
          },
          (error: unknown) => {
            if (!(error instanceof RequestError)) throw error;
            setState({ now: 'refused', command, trouble: error.trouble });
          },
        )
        .finally(settled);
    },
    [path, desk, settled],
  );
  return [state, say];
}
