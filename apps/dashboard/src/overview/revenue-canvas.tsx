import { useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { revenueOption, type Palette, type SeriesData } from './revenue-option.js';

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

/** The colours that the style sheet gives the page now: the canvas does not inherit them. */
function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    gross: color('series-gross'),
    net: color('series-net'),
    returns: color('series-returns'),
    ink: color('ink'),
    muted: color('muted'),
    line: color('line'),
    surface: color('surface'),
  };
}

/** The picture. A file of its own: the chart library is loaded after the figures stand. */
export default function RevenueCanvas({ data, label }: { readonly data: SeriesData; readonly label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });

  useEffect(() => {
    if (!box.current) return;
    const made = init(box.current, null, { renderer: 'canvas' });
    // Nothing moves between two states: without this it asks for ten more frames after each, and the page would never rest.
    made.getZr().setSleepAfterStill(1);
    chart.current = made;
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    if (box.current) chart.current?.setOption(revenueOption(data, paletteOf(box.current)), { replaceMerge: ['series'] });
  }, [data, scheme]);

  return <div ref={box} className="canvas" role="img" aria-label={label} data-testid="chart" />;
}
