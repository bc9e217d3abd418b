import { instantText } from '../format/times.js';
import { Panel } from '../shell/region.js';
import { ViewLink } from '../shell/view-link.js';
import type { ChurnModels } from './report.js';

const words: Readonly<Record<ChurnModels['log'][number]['move'], string>> = {
  promote: 'Promoted',
  shadow: 'Made shadow',
  rollback: 'Rolled back to',
  withdraw: 'Withdrawn',
};

/** Who gave which version its part in this shop. */
export function Moves({ churn }: { readonly churn: ChurnModels }) {
  return (
    <Panel name="moves" title="Moves" className="wide">
      {churn.log.length === 0 ? (
        <p className="empty">No version has had a part in this shop.</p>
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-label="Moves">
          <table className="figures">
            <thead>
              <tr>
                <th scope="col">When (UTC)</th>
                {['What', 'Version', 'Since then', 'By'].map((label) => (
                  <th key={label} scope="col" className="text">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {churn.log.map((move) => (
                <tr key={`${move.at} ${move.version}`} data-testid="move">
                  <th scope="row">{instantText(move.at, 'UTC')}</th>
                  <td className="text">{words[move.move]}</td>
                  <td className="text">
                    <ViewLink to={{ version: move.version }}>{move.version}</ViewLink>
                  </td>
                  <td className="text">{move.role === 'none' ? 'no role' : move.role}</td>
                  <td className="text">{move.by}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
