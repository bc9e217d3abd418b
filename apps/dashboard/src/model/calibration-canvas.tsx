import { LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useCallback } from 'react';
import type { Palette } from '../shell/palette.js';
import { useChart } from '../shell/use-chart.js';
import { calibrationOption, type Deciles } from './calibration-option.js';

use([LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

/** The picture. A file of its own: the chart library is loaded after the figures stand. */
export default function CalibrationCanvas({ deciles, label }: { readonly deciles: Deciles; readonly label: string }) {
  const option = useCallback((palette: Palette) => calibrationOption(deciles, palette), [deciles]);
  return <div ref={useChart(option)} className="canvas" role="img" aria-label={label} data-testid="chart" />;
}
