import { demandAnswer } from '#contracts';
import { Skeleton } from '@mantine/core';
import { Suspense } from 'react';
import { shopPath } from '../data/paths.js';
import { useResource } from '../data/use-resource.js';
import { rangeText, unitsText } from '../format/figures.js';
import { dateText } from '../format/times.js';
import { fetched } from '../shell/fetched.js';
import { Panel } from '../shell/region.js';
import type { View } from '../view/view.js';

const Canvas = fetched(() => import('./course-canvas.js'));

interface Props {
  readonly shop: string;
  readonly days: number;
  readonly series: NonNullable<View['series']>;
  readonly name: string;
}

/** One series over the horizon: units from the first day to the end of each, with the interval. */
export function Course({ shop, days, series, name }: Props) {
  const { data, trouble } = useResource(shopPath(shop, 'demand', { ...series, days }), demandAnswer);
  const course = data?.series[0]?.course ?? null;
  return (
    <Panel
      name="course"
      title={`${name}: units, added up`}
      trouble={trouble}
      aside={
        <ul className="legend" aria-label="Legend">
          <li className="net">Expected</li>
          <li className="interval">90% interval</li>
        </ul>
      }
    >
      {course === null && trouble === null && <Skeleton height={240} aria-hidden />}
      {course && (
        <>
          <Suspense fallback={<Skeleton height={240} aria-hidden />}>
            <Canvas course={course} label={`Units of ${name} added up over ${days} days: the same figures are in the table`} />
          </Suspense>
          <details className="table">
            <summary>Day by day</summary>
            <div className="table-scroll" tabIndex={0} role="group" aria-label="Day by day">
              <table>
                <thead>
                  <tr>
                    <th scope="col">To the end of</th>
                    <th scope="col">Expected</th>
                    <th scope="col">90% interval</th>
                  </tr>
                </thead>
                <tbody>
                  {course.map(({ date, mean, low, high }) => (
                    <tr key={date}>
                      <th scope="row">{dateText(date)}</th>
                      <td>{unitsText(mean)}</td>
                      <td>{rangeText(low, high)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </details>
        </>
      )}
    </Panel>
  );
}
