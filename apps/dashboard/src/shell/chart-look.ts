import type { Palette } from './palette.js';

/** What all charts have in common, in the colours of one theme: for parts of an option. */
export function chartLook({ surface, line, ink, muted }: Palette) {
  return {
    frame: { animation: false, textStyle: { fontFamily: 'system-ui, sans-serif' } },
    /** Room for the labels of the axes, and no more. */
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    tooltip: { confine: true, backgroundColor: surface, borderColor: line, textStyle: { color: ink, fontSize: 12 } },
    /** Labels and names of axes. */
    label: { color: muted, fontSize: 11 },
    /** Lines of axes and of the grid. */
    line: { lineStyle: { color: line } },
  };
}

interface Found {
  readonly dataIndex: number;
}

/** The place in its series of what a tooltip is about. */
export function placeOf(found: Found | Found[]): number {
  return [found].flat()[0]?.dataIndex ?? 0;
}
