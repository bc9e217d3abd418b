import type { ReactNode } from 'react';

interface Props {
  readonly name: string;
  readonly title?: string;
  readonly note?: string;
  readonly children: ReactNode;
}

/** One of a `dl.facts`. */
export function Fact({ name, title, note, children }: Props) {
  return (
    <div>
      <dt>{name}</dt>
      <dd title={title}>{children}</dd>
      {note !== undefined && <dd className="note">{note}</dd>}
    </div>
  );
}
