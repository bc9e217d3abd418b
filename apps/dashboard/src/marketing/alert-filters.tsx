import { alertStates, type AlertCounts, type AlertRule } from '#contracts';
import { countText, noFigure } from '../format/figures.js';
import { useView } from '../shell/use-view.js';
import { ViewLink } from '../shell/view-link.js';
import { StateIcon } from './state-icon.js';
import { stateMeans, stateWords } from './words.js';

interface Props {
  readonly counts: AlertCounts | null;
  readonly rules: readonly AlertRule[];
}

/** How many alerts there are of each state; each count is the way to its list. */
export function AlertFilters({ counts, rules }: Props) {
  const [view, change] = useView();
  const isKnown = view.rule === null || rules.some(({ id }) => id === view.rule);
  return (
    <div className="filters">
      <ul className="states" aria-label="States">
        {alertStates.map((state) => (
          <li key={state}>
            <ViewLink
              to={{ state }}
              aria-current={view.state === state ? 'true' : undefined}
              data-testid={`state-${state}`}
              data-count={counts?.[state]}
              title={stateMeans[state]}
            >
              <span>
                <StateIcon state={state} />
                {stateWords[state]}
              </span>
              <strong>{counts === null ? noFigure : countText(counts[state])}</strong>
            </ViewLink>
          </li>
        ))}
      </ul>
      {(rules.length > 1 || view.rule !== null) && (
        <label className="order">
          <span>Rule</span>
          <select
            value={view.rule ?? ''}
            data-testid="rule"
            onChange={(event) => change({ rule: event.currentTarget.value === '' ? null : event.currentTarget.value })}
          >
            <option value="">All rules</option>
            {!isKnown && <option value={view.rule ?? ''}>{view.rule}</option>}
            {rules.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}
