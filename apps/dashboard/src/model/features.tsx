import type { ModelAnswer } from '#contracts';
import { VisuallyHidden } from '@mantine/core';
import { countText } from '../format/figures.js';
import { IconArrowDownRight, IconArrowUpRight } from '../icons.js';
import { Panel } from '../shell/region.js';
import { featureGroups } from './report.js';

/** What the model reads of a customer, by the groups that reasons are told in. */
export function Features({ model }: { readonly model: ModelAnswer }) {
  const { features } = model.manifest;
  return (
    <Panel
      name="features"
      title="What it reads"
      aside={
        <span className="code">
          {countText(features.length)} figures per customer; an arrow: churn may only go that way with more of it
        </span>
      }
    >
      <dl className="groups">
        {featureGroups(model.manifest).map(({ group, features: of }) => (
          <div key={group}>
            <dt>{group}</dt>
            <dd>
              <ul>
                {of.map(({ name, sign }) => (
                  <li key={name}>
                    <code>{name}</code>
                    {sign !== 0 && (sign > 0 ? <IconArrowUpRight size={12} aria-hidden /> : <IconArrowDownRight size={12} aria-hidden />)}
                    {sign !== 0 && <VisuallyHidden>{sign > 0 ? 'up' : 'down'}</VisuallyHidden>}
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
