import { thorough } from '#testing';

export interface Screen {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

/**
 * Screens to look at a page on: layout hangs on the width and contrast on the scheme, so that each width is one screen, in one scheme after
 * the other; all pairs where specs are thorough.
 */
export function screens(widths: readonly number[]): Screen[] {
  const schemes = ['light', 'dark'] as const;
  const pairs = schemes.flatMap((scheme) => widths.map((width) => ({ width, scheme })));
  return pairs.filter(({ width, scheme }) => thorough || schemes[widths.indexOf(width) % 2] === scheme);
}
