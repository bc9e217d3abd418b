import type { ReactNode } from 'react';
import { noFigure } from '../format/figures.js';

interface Props {
  readonly name: string;
  readonly title?: string;
  readonly note?: string | undefined;
  readonly children: ReactNode;
}

/** One of a `dl.facts`; nothing known is a dash. */
export function Fact({ name, title, note, children }: Props) {
  return (
    <div>
      <dt>{name}</dt>
      <dd title={title}>{children ?? noFigure}</dd>
      {note !== undefined && <dd className="note">{note}</dd>}
    </div>
  );
}
