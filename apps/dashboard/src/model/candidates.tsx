import { differenceText, measureText, noFigure } from '../format/figures.js';
import { Panel } from '../shell/region.js';
import { comparisonWords, isBaseline, nameOf, populationName, type ModelTest, type Population, type Report } from './report.js';

interface Props {
  readonly test: ModelTest;
  readonly name: string;
  readonly population: Population;
  readonly report: Report;
}

const columns = [
  { key: 'auc', label: 'AUC' },
  { key: 'pr_churn', label: 'PR churn' },
  { key: 'pr_stay', label: 'PR stay' },
  { key: 'log_loss', label: 'Log loss' },
  { key: 'brier', label: 'Brier' },
  { key: 'ece', label: 'ECE' },
  { key: 'top_decile_lift', label: 'Top-decile lift' },
] as const;

/** Every candidate on the same rows, and the baselines among them: a model that does not beat them is not worth its trees. */
export function Candidates({ test, name, population, report }: Props) {
  const { models = {}, best } = population;
  return (
    <Panel name="candidates" title="Beside the baselines" className="wide" aside={<span className="code">{populationName(name)}</span>}>
      <div className="table-scroll" tabIndex={0} role="group" aria-label="Beside the baselines">
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Candidate</th>
              {columns.map(({ key, label }) => (
                <th key={key} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Object.entries(models).map(([candidate, row]) => (
              <tr key={candidate} data-chosen={candidate === test.chosen || undefined} data-testid={`candidate-${candidate}`}>
                <th scope="row">
                  {nameOf(candidate)}{' '}
                  <span className="code">{candidate === test.chosen ? 'chosen' : isBaseline(candidate) ? 'baseline' : ''}</span>
                </th>
                {columns.map(({ key }) => (
                  <td key={key}>{measureText(row[key], key === 'top_decile_lift' ? 2 : 3)}</td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">
                Recency rule <span className="code">baseline</span>
              </th>
              <td>{measureText(population.recencyAuc)}</td>
              {columns.slice(1).map(({ key }) => (
                <td key={key}>{noFigure}</td>
              ))}
            </tr>
            {best && (
              <tr data-testid="best">
                <th scope="row">
                  Best possible <span className="code">knows the law</span>
                </th>
                <td>{measureText(best.auc)}</td>
                <td>{noFigure}</td>
                <td>{noFigure}</td>
                <td>{measureText(best.log_loss)}</td>
                {columns.slice(4).map(({ key }) => (
                  <td key={key}>{noFigure}</td>
                ))}
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {report.against && (
        <ul className="against-list" data-testid="against">
          {Object.entries(report.against).map(([baseline, row]) => (
            <li key={baseline}>
              Against {nameOf(baseline)}: <strong>{comparisonWords(row)}</strong>{' '}
              <span className="code">
                log loss {differenceText(row.difference)}, 95% {differenceText(row.low)} to {differenceText(row.high)}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="note">Chosen by validation log loss before the test, so another candidate may be ahead here by chance.</p>
    </Panel>
  );
}
