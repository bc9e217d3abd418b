/** How something grows with something else, as it was measured. */
export interface Curve {
  readonly title: string;
  /** What was changed, and in which unit it is given. */
  readonly over: string;
  /** What was measured, in the order of the columns. */
  readonly series: readonly string[];
  readonly unit: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly at: number;
  /** One of each series. */
  readonly values: readonly number[];
}

const opens = '<!-- growth: written by `npm run bench -- growth --evidence` -->';
const closes = '<!-- growth ends -->';

/**
 * A document with these curves in the place of those that it shows.
 * @throws when it has no place for them
 */
export function withCurves(document: string, curves: readonly Curve[]): string {
  const [from, to] = [document.indexOf(opens), document.indexOf(closes)];
  if (from < 0 || to < from) throw new Error(`There is no place for curves: it begins with ${opens} and ends with ${closes}.`);
  return `${document.slice(0, from + opens.length)}\n\n${curves.map(shown).join('\n\n')}\n\n${document.slice(to)}`;
}

/** A chart, and under it the same figures: a chart does not tell 101 from 110. */
function shown({ title, over, series, unit, points }: Curve): string {
  const highest = Math.max(...points.flatMap(({ values }) => values));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `### ${title}`,
    '',
    '```mermaid',
    'xychart-beta',
    `  x-axis "${over}" [${points.map(({ at }) => `"${short(at)}"`).join(', ')}]`,
    `  y-axis "${unit}" 0 --> ${Math.ceil(highest * 1.1)}`,
    ...series.map((_, index) => `  line [${points.map(({ values }) => rounded(values[index])).join(', ')}]`),
    '```',
    '',
    row([over, ...series.map((name) => `${name}, ${unit}`)]),
    row(['---', ...series.map(() => '---')].map((each) => `${each}:`)),
    ...points.map(({ at, values }) => row([at.toLocaleString('en-US'), ...values.map((value) => rounded(value).toLocaleString('en-US'))])),
  ].join('\n');
}

function short(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000} M`;
  return value >= 1_000 ? `${value / 1_000} k` : String(value);
}

function rounded(value = Number.NaN): number {
  return Math.round(value);
}
