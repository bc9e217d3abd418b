import type { DemandAnswer, DemandLevel } from '#contracts';
import type { ReactNode } from 'react';
import { differenceText, measureText, percentText, rangeText, unitsText } from '../format/figures.js';
import { useView } from '../shell/use-view.js';
import type { View } from '../view/view.js';

export type Series = DemandAnswer['series'][number];

interface TableProps {
  readonly level: DemandLevel;
  readonly label: string;
  readonly series: readonly Series[];
  readonly chosen: View['series'];
  /** Heads of more columns, and their cells in a row. */
  readonly heads?: ReactNode;
  readonly cells?: (series: Series) => ReactNode;
}

/** Forecasts of a level: what is expected, and how good such forecasts were beside how good one can be. */
export function SeriesTable({ level, label, series, chosen, heads, cells }: TableProps) {
  const [, change] = useView();
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={label}>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{level === 'category' ? 'Category' : 'Product'}</th>
            <th scope="col">Expected</th>
            <th scope="col">90% interval</th>
            <th scope="col">WAPE</th>
            <th scope="col">Best possible</th>
            <th scope="col">MASE</th>
            <th scope="col">Bias</th>
            <th scope="col">Inside 90%</th>
            {heads}
          </tr>
        </thead>
        <tbody>
          {series.map((each) => {
            const { key, name, mean, low, high, measures } = each;
            const isChosen = chosen?.level === level && chosen.key === key;
            return (
              <tr key={key} data-testid={`${level}-row`} data-key={key} data-chosen={isChosen || undefined}>
                <th scope="row">
                  <button type="button" className="plain" aria-pressed={isChosen} onClick={() => change({ series: { level, key } })}>
                    {name ?? (key || 'unknown')}
                  </button>
                  {name !== null && <span className="sub">{key}</span>}
                </th>
                <td>
                  <strong>{unitsText(mean)}</strong>
                </td>
                <td>{rangeText(low, high)}</td>
                <td>{measureText(measures.wape, 2)}</td>
                <td>{measureText(measures.attainable, 2)}</td>
                <td>{measureText(measures.mase, 2)}</td>
                <td>{measures.bias === null ? measureText(null) : differenceText(measures.bias, 2)}</td>
                <td>{percentText(measures.coverage)}</td>
                {cells?.(each)}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
