import { countText, measureText, percentText } from '../format/figures.js';
import { instantText } from '../format/times.js';
import { Panel } from '../shell/region.js';
import { populationName, type ModelTest } from './report.js';

interface Props {
  readonly test: ModelTest;
  /** The one that the panels below are about. */
  readonly name: string;
  readonly choose: (name: string) => void;
}

/** The newest test by group of customers; a group is chosen here for the panels below. */
export function Populations({ test, name: chosen, choose }: Props) {
  return (
    <Panel
      name="populations"
      title="By group of customers"
      className="wide"
      aside={<span className="code">tested from {instantText(test.asOf, 'UTC')}, on what came after</span>}
    >
      <div className="table-scroll" tabIndex={0} role="group" aria-label="By group of customers">
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Group</th>
              <th scope="col">Customers</th>
              <th scope="col">Without an order</th>
              <th scope="col">AUC</th>
              <th scope="col">RFM logistic</th>
              <th scope="col">Recency</th>
              <th scope="col">Log loss</th>
              <th scope="col">ECE</th>
              <th scope="col">AUC below the best possible</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(test.populations).map(([name, population]) => {
              const row = population.models?.[test.chosen];
              return (
                <tr key={name} data-testid={`population-${name.replaceAll(' ', '-')}`} data-chosen={name === chosen || undefined}>
                  <th scope="row">
                    <button type="button" className="plain" aria-pressed={name === chosen} disabled={!row} onClick={() => choose(name)}>
                      {populationName(name)}
                    </button>
                  </th>
                  <td>{countText(population.customers)}</td>
                  {row ? (
                    <>
                      <td>{percentText(row.churn_rate ?? null)}</td>
                      <td>
                        <strong>{measureText(row.auc)}</strong>
                      </td>
                      <td>{measureText(population.models?.['rfm-logistic']?.auc)}</td>
                      <td>{measureText(population.recencyAuc)}</td>
                      <td>{measureText(row.log_loss)}</td>
                      <td>{measureText(row.ece)}</td>
                      <td>{population.best && row.auc != null ? measureText(population.best.auc - row.auc) : 'not known'}</td>
                    </>
                  ) : (
                    <td colSpan={7} className="text">
                      too few to say
                    </td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className="note">
        Choose a group to see it below. A marketer can act on those active in the last 180 days. The best possible is known of simulated
        shops only, where the law is known; of a real shop nobody knows it.
      </p>
    </Panel>
  );
}
