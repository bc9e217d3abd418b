/** Colours of one theme. */
export interface Palette {
  readonly gross: string;
  readonly net: string;
  readonly returns: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
}

/** The colours that the style sheet gives the page now: a canvas does not inherit them. */
export function paletteOf(element: Element): Palette {
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
