import type { AlertLogEntry } from '#contracts';
import { instantText } from '../format/times.js';
import { stepWords, withTimes } from './words.js';

/** All that happened to it, the newest first; commands that were refused are part of it. */
export function CaseLog({ log, zone }: { readonly log: readonly AlertLogEntry[]; readonly zone: string }) {
  return (
    <div className="log">
      <h3>Log</h3>
      <ol data-testid="log">
        {log.toReversed().map((entry, place) => (
          // The log only grows, at its newest end.
          <li key={log.length - place} data-refused={entry.refused ?? undefined}>
            <strong>{stepWords(entry)}</strong>
            <time dateTime={entry.at}>{instantText(entry.at, zone)}</time>
            {entry.detail !== '' && <p>{withTimes(entry.detail, zone)}</p>}
          </li>
        ))}
      </ol>
    </div>
  );
}
