import type { AnchorHTMLAttributes, ReactNode } from 'react';
import { searchOf, type View } from '../view/view.js';
import { useView } from './use-view.js';

interface Props extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  readonly to: Partial<View>;
  readonly children: ReactNode;
}

/** A link to another view of this page: no reload, but a new tab where one is asked for. */
export function ViewLink({ to, children, ...rest }: Props) {
  const [view, change] = useView();
  return (
    <a
      {...rest}
      href={searchOf({ ...view, ...to })}
      onClick={(event) => {
        if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        change(to);
      }}
    >
      {children}
    </a>
  );
}
