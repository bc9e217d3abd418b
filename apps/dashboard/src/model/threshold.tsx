import { countText, measureText } from '../format/figures.js';
import { Panel } from '../shell/region.js';
import { populationName, type Population } from './report.js';

const counts = [
  { key: 'true_positive', label: 'Said so, and no order came' },
  { key: 'false_positive', label: 'Said so, but an order came' },
  { key: 'false_negative', label: 'Did not say so, and no order came' },
  { key: 'true_negative', label: 'Did not say so, and an order came' },
] as const;
const shares = [
  { key: 'accuracy', label: 'Accuracy' },
  { key: 'precision', label: 'Precision' },
  { key: 'recall', label: 'Recall' },
  { key: 'f1', label: 'F1' },
] as const;

/** A yes or no at the threshold that was chosen, beside the rule that always says what most do: accuracy alone flatters. */
export function Threshold({ name, population }: { readonly name: string; readonly population: Population }) {
  const { atThreshold: said, majority } = population;
  return (
    <Panel name="threshold" title="As a yes or no" aside={<span className="code">{populationName(name)}</span>}>
      {said && majority ? (
        <>
          <p className="note">
            At the threshold {measureText(said.threshold, 2)}, found before the test as the largest recall minus false alarms.
          </p>
          <table className="figures">
            <thead>
              <tr>
                <th scope="col">No order in time</th>
                <th scope="col">Model</th>
                <th scope="col">What most do</th>
              </tr>
            </thead>
            <tbody>
              {counts.map(({ key, label }) => (
                <tr key={key}>
                  <th scope="row">{label}</th>
                  <td>{countText(said[key])}</td>
                  <td>{countText(majority[key])}</td>
                </tr>
              ))}
              {shares.map(({ key, label }) => (
                <tr key={key}>
                  <th scope="row">{label}</th>
                  <td>{measureText(said[key])}</td>
                  <td>{measureText(majority[key])}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      ) : (
        <p className="empty">Too few customers in this group to say.</p>
      )}
    </Panel>
  );
}
