import type { ScoredMonth } from '#contracts';
import { countText, percentText } from '../format/figures.js';
import { instantText } from '../format/times.js';
import { basisWords, intervalText, monthText } from './scoreboard-words.js';

const bands = ['low', 'medium', 'high'] as const;

/** Each month: what was said at its start, and what came of it. */
export function ScoredMonths({ months, horizonDays }: { readonly months: readonly ScoredMonth[]; readonly horizonDays: number }) {
  return (
    <section className="basis" aria-label="By month">
      <h3>By month</h3>
      <p className="note">Said at the start of the month, of the {horizonDays} days after it. In each band: customers, said, happened.</p>
      <div className="table-scroll" tabIndex={0} role="group" aria-label="By month">
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Month</th>
              <th scope="col">Said</th>
              <th scope="col">Happened</th>
              <th scope="col">95%</th>
              <th scope="col">Customers</th>
              {bands.map((band) => (
                <th key={band} scope="col" className="text">
                  {band}
                </th>
              ))}
              <th scope="col" className="text">
                Computed
              </th>
            </tr>
          </thead>
          <tbody>
            {months.map((month) => (
              <tr key={month.reference} data-testid="scored-month">
                <th scope="row">{monthText(month.reference)}</th>
                {month.mature ? <Known {...month} /> : <Open {...month} />}
                <td className="text">{basisWords[month.basis].short}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Known({ predicted, observed, low, high, customers, bands: found }: ScoredMonth) {
  return (
    <>
      <td>{percentText(predicted, 1)}</td>
      <td>
        <strong>{percentText(observed, 1)}</strong>
      </td>
      <td>{intervalText({ low, high })}</td>
      <td>{countText(customers)}</td>
      {bands.map((band) => {
        const rates = found.find((each) => each.band === band);
        return (
          <td key={band} className="text">
            {rates && rates.customers > 0
              ? `${countText(rates.customers)}: ${percentText(rates.predicted)}, ${percentText(rates.observed)}`
              : 'nobody'}
          </td>
        );
      })}
    </>
  );
}

function Open({ customers, matures }: ScoredMonth) {
  return (
    <>
      <td colSpan={3} className="text">
        known on {instantText(matures, 'UTC').split(',')[0]}
      </td>
      <td>{countText(customers)}</td>
      <td colSpan={bands.length} />
    </>
  );
}
