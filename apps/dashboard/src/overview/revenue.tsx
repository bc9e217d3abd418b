import { Skeleton } from '@mantine/core';
import { Suspense, useState } from 'react';
import { countText, exactMoneyText, moneyText } from '../format/figures.js';
import { bucketText, spanText } from '../format/times.js';
import { shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';
import { fetched } from '../shell/fetched.js';
import { Region } from '../shell/region.js';
import type { SeriesData } from './revenue-option.js';

const Canvas = fetched(() => import('./revenue-canvas.js'));

export function Revenue() {
  const data = useLive((state) => shownOf(state, 'series')?.data);
  const running = data?.points.some((point) => !point.complete) ?? false;
  return (
    <Region room="series" title={data ? `Revenue by ${data.grain}` : 'Revenue'} className="revenue" aside={<Legend running={running} />}>
      {!data && <Skeleton height={280} aria-hidden />}
      {data?.points.length === 0 && <p className="empty canvas">No sale or return in this period yet.</p>}
      {data && data.points.length > 0 && (
        <>
          <Suspense fallback={<Skeleton height={280} aria-hidden />}>
            <Canvas
              data={data}
              label={`Gross sales, net sales and returns by ${data.grain}, ${spanText(data.from, data.to, data.timeZone)}`}
            />
          </Suspense>
          <Table data={data} />
        </>
      )}
    </Region>
  );
}

function Legend({ running }: { readonly running: boolean }) {
  return (
    <ul className="legend" aria-label="Legend">
      <li className="gross">Gross</li>
      <li className="net">Net</li>
      <li className="returns">Returns</li>
      {running && <li className="running">Running, not complete</li>}
    </ul>
  );
}

/** The same figures in words and digits, newest first: for those who cannot see the picture or want every digit. */
function Table({ data }: { readonly data: SeriesData }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Figures as a table</summary>
      {open && (
        <div className="table-scroll" tabIndex={0} role="group" aria-label="Revenue as a table">
          <table>
            <thead>
              <tr>
                <th scope="col">{data.grain}</th>
                <th scope="col">Gross</th>
                <th scope="col">Net</th>
                <th scope="col">Returns</th>
                <th scope="col">Orders</th>
              </tr>
            </thead>
            <tbody>
              {data.points.toReversed().map((point) => (
                <tr key={point.bucket}>
                  <th scope="row">
                    {bucketText(point.bucket, data.timeZone, data.grain)}
                    {point.complete ? '' : ' (running)'}
                  </th>
                  {[point.grossSales, point.netSales, point.returns].map((amount, column) => (
                    <td key={column} title={exactMoneyText(amount, data.currency)}>
                      {moneyText(amount, data.currency)}
                    </td>
                  ))}
                  <td>{countText(point.orders)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
