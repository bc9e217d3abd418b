import type { AlertLogEntry } from '#contracts';
import { instantText } from '../format/times.js';
import { shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';
import { stepWords, withShopTimes } from './words.js';

/** All that happened to an alert, the newest first; commands that were refused are part of it. */
export function AlertLog({ log }: { readonly log: readonly AlertLogEntry[] }) {
  const zone = useLive((state) => shownOf(state, 'alerts')?.data.timeZone ?? 'UTC');
  return (
    <div className="log">
      <h3>Log</h3>
      <ol data-testid="log">
        {log.toReversed().map((entry, place) => (
          // The log only grows, at its newest end.
          <li key={log.length - place} data-refused={entry.refused ?? undefined}>
            <strong>{stepWords(entry)}</strong>
            <time dateTime={entry.at}>{instantText(entry.at, zone)}</time>
            {entry.detail !== '' && <p>{withShopTimes(entry.detail, zone)}</p>}
          </li>
        ))}
      </ol>
    </div>
  );
}
