import { describe, expect, it } from 'vitest';
import { withCurves, type Curve } from './curves.js';

const place = '<!-- growth: written by `npm run bench -- growth --evidence` -->';
const curve: Curve = {
  ...{ title: 'A new order', over: 'orders stored', unit: 'ms', series: ['half', '99 of 100'] },
  points: [
    { at: 900, values: [10.4, 20] },
    { at: 2_500, values: [12, 1_000.6] },
    { at: 3_000_000, values: [13, 40] },
  ],
};

describe('curves in a document', () => {
  it('are a chart and a table, in the place of those before', () => {
    const document = `# Above\n\n${place}\n\nold\n\n<!-- growth ends -->\n\nBelow\n`;
    const written = withCurves(document, [curve]);
    expect(written).toBe(`# Above

${place}

### A new order

\`\`\`mermaid
xychart-beta
  x-axis "orders stored" ["900", "2.5 k", "3 M"]
  y-axis "ms" 0 --> 1101
  line [10, 12, 13]
  line [20, 1001, 40]
\`\`\`

| orders stored | half, ms | 99 of 100, ms |
| ---: | ---: | ---: |
| 900 | 10 | 20 |
| 2,500 | 12 | 1,001 |
| 3,000,000 | 13 | 40 |

<!-- growth ends -->

Below
`);
    expect(withCurves(written, [curve])).toBe(written);
  });

  it('need a place', () => {
    expect(() => withCurves('# No place', [curve])).toThrow('no place for curves');
    expect(() => withCurves(`<!-- growth ends --> ${place}`, [curve])).toThrow('no place for curves');
  });
});
