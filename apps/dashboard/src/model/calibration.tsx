import { Skeleton } from '@mantine/core';
import { Suspense } from 'react';
import { countText, percentText } from '../format/figures.js';
import { fetched } from '../shell/fetched.js';
import { Panel } from '../shell/region.js';
import { populationName, type Population } from './report.js';

const Canvas = fetched(() => import('./calibration-canvas.js'));

/** What was said against what happened, by tenths of the customers. */
export function Calibration({ name, population }: { readonly name: string; readonly population: Population }) {
  const deciles = population.deciles ?? [];
  return (
    <Panel
      name="calibration"
      title="Calibration"
      aside={
        <ul className="legend" aria-label="Legend">
          <li className="net">Happened</li>
          <li className="running">As said</li>
        </ul>
      }
    >
      {deciles.length === 0 ? (
        <p className="empty">Too few customers in this group to say.</p>
      ) : (
        <>
          <Suspense fallback={<Skeleton height={280} aria-hidden />}>
            <Canvas
              deciles={deciles}
              label={`Calibration by decile of ${populationName(name).toLowerCase()}: the same figures are in the table`}
            />
          </Suspense>
          <table className="figures">
            <thead>
              <tr>
                <th scope="col">Tenth</th>
                <th scope="col">Customers</th>
                <th scope="col">Said</th>
                <th scope="col">Happened</th>
              </tr>
            </thead>
            <tbody>
              {deciles.map(({ count, predicted, happened }, place) => (
                <tr key={place} data-testid="decile">
                  <th scope="row">{place + 1}</th>
                  <td>{countText(count)}</td>
                  <td>{percentText(predicted, 1)}</td>
                  <td>{percentText(happened, 1)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Panel>
  );
}
