import { LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useCallback } from 'react';
import type { Palette } from '../shell/palette.js';
import { useChart } from '../shell/use-chart.js';
import { courseOption, type CoursePoints } from './course-option.js';

use([LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

/** The picture. A file of its own: the chart library is loaded after the figures stand. */
export default function CourseCanvas({ course, label }: { readonly course: CoursePoints; readonly label: string }) {
  const option = useCallback((palette: Palette) => courseOption(course, palette), [course]);
  return <div ref={useChart(option)} className="canvas" role="img" aria-label={label} data-testid="chart" />;
}
