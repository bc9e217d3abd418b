import type { HeadlineFigures } from '#contracts';
import { Skeleton, VisuallyHidden } from '@mantine/core';
import { IconArrowDownRight, IconArrowUpRight, IconMinus, IconPointFilled, type Icon } from '../icons.js';
import type { CSSProperties } from 'react';
import { changeOf, countText, exactMoneyText, moneyText, type Change } from '../format/figures.js';
import { shownOf, type SnapshotOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';

type Figure = 'grossSales' | 'netSales' | 'returns' | 'orders' | 'aovGross' | 'buyers';

/** The tiles in their order; `welcome` is the direction that is good news. */
const tiles: readonly { readonly figure: Figure; readonly label: string; readonly welcome: 'up' | 'down'; readonly about: string }[] = [
  { figure: 'grossSales', label: 'Gross sales', welcome: 'up', about: 'Quantity x unit price of all live order lines' },
  { figure: 'netSales', label: 'Net sales', welcome: 'up', about: 'Gross sales less discounts and returns' },
  { figure: 'returns', label: 'Returns', welcome: 'down', about: 'Refunded amounts, on the date of the refund' },
  { figure: 'orders', label: 'Orders', welcome: 'up', about: 'Distinct live orders' },
  { figure: 'aovGross', label: 'AOV', welcome: 'up', about: 'Average order value: gross sales / orders' },
  { figure: 'buyers', label: 'Buyers', welcome: 'up', about: 'Distinct customers; guests are in orders only' },
];

const arrows: Readonly<Record<Change['direction'], Icon>> = {
  up: IconArrowUpRight,
  down: IconArrowDownRight,
  level: IconMinus,
  unknown: IconPointFilled,
};

export function Tiles() {
  const snapshot = useLive((state) => shownOf(state, 'headline'));
  return (
    <ul className="tiles">
      {tiles.map((tile) => (
        <li key={tile.figure} className="tile" data-testid={`tile-${tile.figure}`} data-generation={snapshot?.generation}>
          <h2 title={tile.about}>{tile.label}</h2>
          {snapshot ? <Value {...tile} data={snapshot.data} /> : <Skeleton height={72} aria-hidden />}
        </li>
      ))}
    </ul>
  );
}

interface ValueProps {
  readonly figure: Figure;
  readonly welcome: 'up' | 'down';
  readonly data: SnapshotOf<'headline'>['data'];
}

function Value({ figure, welcome, data }: ValueProps) {
  const { currency, figures, previous } = data;
  const shown = text(figures, figure, currency);
  const change = changeOf(previous?.change[figure], welcome);
  const Arrow = arrows[change.direction];
  return (
    <>
      {/* The size follows from the number of digits: a figure never breaks, and never leaves its tile. */}
      <p
        className="value"
        style={{ '--digits': Math.max(shown.length, 6) } as CSSProperties}
        data-testid={`tile-${figure}-value`}
        data-value={figures[figure] ?? ''}
        title={exactText(figures, figure, currency)}
      >
        {shown}
      </p>
      <p className="change" data-tone={change.tone} data-direction={change.direction} data-testid={`tile-${figure}-change`}>
        <Arrow size={14} aria-hidden />
        <span aria-hidden>{change.short}</span>
        <VisuallyHidden>{change.spoken}</VisuallyHidden>
        {previous && (
          <span className="before" title={exactText(previous.figures, figure, currency)}>
            from {text(previous.figures, figure, currency)}
          </span>
        )}
      </p>
    </>
  );
}

function text(figures: HeadlineFigures, figure: Figure, currency: string): string {
  const value = figures[figure];
  return typeof value === 'number' ? countText(value) : moneyText(value, currency);
}

function exactText(figures: HeadlineFigures, figure: Figure, currency: string): string {
  const value = figures[figure];
  return typeof value === 'number' ? String(value) : exactMoneyText(value, currency);
}
