import type { DemandAnswer } from '#contracts';
import { Panel } from '../shell/region.js';
import type { View } from '../view/view.js';
import { SeriesTable } from './series-table.js';

interface Props {
  readonly answer: DemandAnswer;
  readonly chosen: View['series'];
}

/** The panel of categories, and what the measures of both panels mean. */
export function Categories({ answer: { series, days }, chosen }: Props) {
  const tests = series[0]?.measures.tests ?? 0;
  return (
    <Panel
      name="category"
      title="By category"
      aside={<span className="code">measured on {tests === 1 ? '1 past forecast' : `${tests} past forecasts`}</span>}
    >
      <SeriesTable level="category" label="By category" series={series} chosen={chosen} />
      <p className="note">
        Choose one to draw its course. Of windows of {days < 28 ? 7 : 28} days: WAPE is the sum of absolute errors over the units sold; best
        possible is the WAPE of one who knows the true mean, and nobody is better for long. MASE below 1 is better than the window before
        again. Inside 90% should be 90%.
      </p>
    </Panel>
  );
}
