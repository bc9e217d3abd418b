import type { AlertStateName } from '#contracts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lifeCycle } from './life-cycle.js';

const docs = readFileSync(join(import.meta.dirname, '../../../docs/alerts.md'), 'utf8');
const steps = ['acknowledged', 'assigned', 'commented', 'snoozed', 'acted', 'rated', 'woken', 'recovered', 'expired'] as const;

it('is the table that docs/alerts.md shows', () => {
  const rows = [...docs.matchAll(/^\| (`(?:open|acknowledged|acted|recovered)`[^|]*)\|(.+)\|$/gm)].slice(0, 4);
  const shown = rows.flatMap(([, names = '', cells = '']) =>
    [...names.matchAll(/`([a-z]+)`/g)].map(
      ([, name = '']) => [name, cells.split('|').map((cell) => cell.trim().replaceAll('`', ''))] as const,
    ),
  );
  expect(shown.map(([state]) => state)).toEqual(Object.keys(lifeCycle));
  for (const [state, cells] of shown) {
    const wanted = steps.map((step, place) => {
      const next = lifeCycle[state as AlertStateName][step];
      // What time or the cause does to it, where nothing comes of that.
      if (cells[place] === '–' && place >= steps.indexOf('woken')) return '–';
      return typeof next === 'object' ? next.refused : next === state ? 'stays' : next;
    });
    expect(cells, state).toEqual(wanted);
  }
});
