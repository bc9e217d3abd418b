import type { Page } from '../view/view.js';
import { useView } from './use-view.js';
import { ViewLink } from './view-link.js';

const words: readonly { readonly page: Page; readonly label: string }[] = [
  { page: 'overview', label: 'Overview' },
  { page: 'marketing', label: 'Marketing' },
  { page: 'demand', label: 'Demand' },
  { page: 'model', label: 'Model' },
];

export function PageNav() {
  const [view] = useView();
  return (
    <nav className="pages" aria-label="Pages">
      {words.map(({ page, label }) => (
        <ViewLink key={page} to={{ page }} aria-current={view.page === page ? 'page' : undefined}>
          {label}
        </ViewLink>
      ))}
    </nav>
  );
}
