import type { ModelDrift } from '#contracts';
import { countText } from '../format/figures.js';
import { instantText } from '../format/times.js';
import { Panel } from '../shell/region.js';
import { driftWords, psiText } from './scoreboard-words.js';

/** How far features and scores have moved, long before anybody knows what came of it. */
export function Drift({ drift }: { readonly drift: ModelDrift | null | undefined }) {
  return (
    <Panel
      name="drift"
      title="Drift"
      className="wide"
      aside={
        drift && (
          <span className="code">
            {countText(drift.customers)} customers at {instantText(drift.at, 'UTC')} UTC
          </span>
        )
      }
    >
      {drift ? <Measured drift={drift} /> : <p className="empty">Not measured yet: once a day of the shop, when every month is marked.</p>}
    </Panel>
  );
}

function Measured({ drift: { words, against, score, features } }: { readonly drift: ModelDrift }) {
  return (
    <>
      <p data-testid="drift-words">{words}</p>
      <div className="table-scroll" tabIndex={0} role="group" aria-label="Drift by feature">
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Feature</th>
              <th scope="col">PSI</th>
              <th scope="col" className="text">
                In words
              </th>
              <th scope="col" className="text">
                Reason
              </th>
            </tr>
          </thead>
          <tbody>
            <Row name="score" group="what the version says" {...score} chosen />
            {features.map((feature) => (
              <Row key={feature.name} {...feature} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="note">
        Population stability index against {against.words}. Below 0.1 stable, to 0.25 moved, above it moved much. A feature that moved is no
        fault of the model, but it speaks of customers that it has seen less of.
      </p>
    </>
  );
}

interface RowProps {
  readonly name: string;
  readonly group: string;
  readonly psi: number;
  readonly state: ModelDrift['score']['state'];
  readonly chosen?: boolean;
}

function Row({ name, group, psi, state, chosen }: RowProps) {
  return (
    <tr data-testid="drift-row" data-state={state} data-chosen={chosen || undefined}>
      <th scope="row">{chosen ? 'Score' : <code>{name}</code>}</th>
      <td>{psiText(psi)}</td>
      <td className="text">{driftWords[state]}</td>
      <td className="text">{group}</td>
    </tr>
  );
}
