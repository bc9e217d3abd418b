import type { ScoresSummaryAnswer } from '#contracts';
import { Skeleton } from '@mantine/core';
import type { Resource } from '../data/use-resource.js';
import { countText, noFigure, percentText } from '../format/figures.js';
import { instantText } from '../format/times.js';
import { shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';
import { Panel } from '../shell/region.js';
import { horizonDays } from './words.js';

const bandWords: Readonly<Record<ScoresSummaryAnswer['bands'][number]['band'], { readonly name: string; readonly range: string }>> = {
  high: { name: 'High', range: 'from 70%' },
  medium: { name: 'Medium', range: '40% to 70%' },
  low: { name: 'Low', range: 'below 40%' },
};

/** How all customers stand, whether they have an alert or not. */
export function ScoresPanel({ scores }: { readonly scores: Resource<ScoresSummaryAnswer> }) {
  return (
    <Panel name="scores" title="All customers" trouble={scores.trouble}>
      {scores.data ? <Summary summary={scores.data} /> : scores.trouble === null && <Skeleton height={120} aria-hidden />}
    </Panel>
  );
}

function Summary({ summary }: { readonly summary: ScoresSummaryAnswer }) {
  const zone = useLive((state) => shownOf(state, 'alerts')?.data.timeZone ?? 'UTC');
  const { customers, meanProbability, complete, model, asOf, nextCrossing } = summary;
  if (model === null || customers === 0) return <p className="empty">Nobody has been scored yet.</p>;
  const bands = summary.bands.toReversed();
  return (
    <>
      <p className="lead">
        <strong>{percentText(meanProbability)}</strong> mean probability of no order in the next {horizonDays} days, of{' '}
        {countText(customers)} customers
      </p>
      <div className="bands" aria-hidden>
        {bands.map(({ band, customers: of }) => of > 0 && <span key={band} data-band={band} style={{ flexGrow: of }} />)}
      </div>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">Band</th>
            <th scope="col">Customers</th>
            <th scope="col">Share</th>
            <th scope="col">Mean</th>
          </tr>
        </thead>
        <tbody>
          {bands.map(({ band, customers: of, meanProbability: mean }) => (
            <tr key={band} data-testid={`band-${band}`}>
              <th scope="row">
                <span className="swatch" data-band={band} aria-hidden />
                {bandWords[band].name} <span className="code">{bandWords[band].range}</span>
              </th>
              <td>{countText(of)}</td>
              <td>{percentText(of / customers)}</td>
              <td>{mean === null ? noFigure : percentText(mean)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="freshness">
        {asOf !== null && <span>as of {instantText(asOf, zone)}</span>}
        {!complete && <strong>still looking at every customer once</strong>}
        {complete && nextCrossing !== null && <span>next band change by silence {instantText(nextCrossing, zone)}</span>}
      </p>
    </>
  );
}
