import { percentText } from '../format/figures.js';
import { useView } from '../shell/use-view.js';
import { ViewLink } from '../shell/view-link.js';
import { demandChoices, type View } from '../view/view.js';

/** Units of how many days. */
export function Horizons({ days }: Pick<View, 'days'>) {
  return (
    <ul className="states horizons" aria-label="Horizon">
      {demandChoices.days.map((each) => (
        <li key={each}>
          <ViewLink to={{ days: each }} aria-current={each === days ? 'true' : undefined} data-testid={`days-${each}`}>
            <strong>{each} days</strong>
          </ViewLink>
        </li>
      ))}
    </ul>
  );
}

const chooses = [
  { name: 'lead', label: 'Lead time', text: daysText },
  { name: 'review', label: 'Review every', text: daysText },
  { name: 'service', label: 'Service level', text: (level: number) => percentText(level, level === 0.975 ? 1 : 0) },
] as const;

/** What the reorder points hang on. */
export function Plan(plan: Pick<View, 'lead' | 'review' | 'service'>) {
  const [, change] = useView();
  return (
    <div className="plan">
      {chooses.map(({ name, label, text }) => (
        <label key={name} className="order">
          <span>{label}</span>
          <select value={plan[name]} data-testid={name} onChange={(event) => change({ [name]: Number(event.currentTarget.value) })}>
            {demandChoices[name].map((each) => (
              <option key={each} value={each}>
                {text(each)}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}

function daysText(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}
