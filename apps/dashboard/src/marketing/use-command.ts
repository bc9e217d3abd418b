import { alertOrderAnswer, type AlertItem, type AlertOrder } from '#contracts';
import { useCallback, useState } from 'react';
import { shopPath } from '../data/paths.js';
import { ask, RequestError } from '../live/http.js';
import type { Trouble } from '../live/live.state.js';

/** What became of the last command of this card. */
export type CommandState =
  | { readonly now: 'idle' }
  | { readonly now: 'sent'; readonly command: AlertOrder['command'] }
  /** Said, but not decided within the server's patience. */
  | { readonly now: 'pending'; readonly command: AlertOrder['command']; readonly movedAt: string }
  | { readonly now: 'done'; readonly command: AlertOrder['command']; readonly alert: AlertItem }
  | { readonly now: 'refused'; readonly command: AlertOrder['command']; readonly trouble: Trouble };

/**
 * Says commands about an alert, one at a time. Nothing is shown as done before the owner of alerts has decided it.
 * @param settled called when an answer is there, whatever it says
 */
export function useCommand(shop: string, id: string, settled: () => void): readonly [CommandState, (order: AlertOrder) => void] {
  const [state, setState] = useState<CommandState>({ now: 'idle' });
  const say = useCallback(
    (order: AlertOrder): void => {
      const { command } = order;
      setState({ now: 'sent', command });
      void ask(shopPath(shop, `alerts/${encodeURIComponent(id)}/commands`), alertOrderAnswer, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify(order),
      })
        .then(
          ({ outcome, alert }) =>
            setState(outcome === 'done' ? { now: 'done', command, alert } : { now: 'pending', command, movedAt: alert.movedAt }),
          (error: unknown) => {
            if (!(error instanceof RequestError)) throw error;
            setState({ now: 'refused', command, trouble: error.trouble });
          },
        )
        .finally(settled);
    },
    [shop, id, settled],
  );
  return [state, say];
}
