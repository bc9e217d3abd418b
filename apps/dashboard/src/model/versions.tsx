import { ViewLink } from '../shell/view-link.js';
import type { ChurnModels } from './report.js';

interface Props {
  readonly churn: ChurnModels;
  readonly version: string | null;
}

/** The versions with a part in this shop, and the one that is looked at. */
export function Versions({ churn, version }: Props) {
  const { active, shadow } = churn;
  const links = [
    ...(active === null ? [] : [{ version: active, role: 'Active', to: null }]),
    ...(shadow === null ? [] : [{ version: shadow, role: 'Shadow', to: shadow }]),
    ...(version === null || version === active || version === shadow ? [] : [{ version, role: 'No role here', to: version }]),
  ];
  if (links.length === 0) return null;
  return (
    <ul className="states versions" aria-label="Versions">
      {links.map((each) => (
        <li key={each.version}>
          <ViewLink
            to={{ version: each.to }}
            aria-current={each.version === version ? 'true' : undefined}
            data-testid={`version-${each.role}`}
          >
            <span>{each.role}</span>
            <strong>{each.version}</strong>
          </ViewLink>
        </li>
      ))}
    </ul>
  );
}
