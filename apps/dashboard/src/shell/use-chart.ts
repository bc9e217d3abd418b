import { useComputedColorScheme } from '@mantine/core';
import { init, type EChartsCoreOption, type EChartsType } from 'echarts/core';
import { useEffect, useRef, type RefObject } from 'react';
import { paletteOf, type Palette } from './palette.js';

/**
 * A chart in an element, drawn anew when its data or the theme change, and as large as the element.
 * @param option of some data in the colours of a theme; the same function for the same data
 */
export function useChart(option: (palette: Palette) => EChartsCoreOption): RefObject<HTMLDivElement | null> {
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
    if (box.current) chart.current?.setOption(option(paletteOf(box.current)), { replaceMerge: ['series'] });
  }, [option, scheme]);

  return box;
}
