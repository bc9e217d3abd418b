import '../life/life.css';
import './marketing.css';
import { alertRulesAnswer, scoresSummaryAnswer, shopModelsAnswer, type AlertSort, type ScoresSummaryAnswer } from '#contracts';
import { useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import { shopPath } from '../data/paths.js';
import { useResource, type Resource } from '../data/use-resource.js';
import { useWho } from '../data/use-who.js';
import { useRooms } from '../live/use-live.js';
import { useView } from '../shell/use-view.js';
import { marketingQueries } from '../view/queries.js';
import { AlertCard } from './alert-card.js';
import { AlertDrawer } from './alert-drawer.js';
import { AlertsPanel } from './alerts-panel.js';
import { EffectPanel } from './effect-panel.js';
import { MarketingTitle } from './marketing-title.js';
import { ScoresPanel } from './scores-panel.js';
import { SuppressionsPanel } from './suppressions-panel.js';
import { ranksByValue } from './words.js';

/** Two columns: as in the style sheet. */
const wide = '(min-width: 960px)';

/** Customers who are likely to be gone, and what is done about them. @param shop null: not known yet which one */
export default function Marketing({ shop }: { readonly shop: string | null }) {
  const [view, change] = useView();
  const isWide = useMediaQuery(wide, true, { getInitialValueInEffect: false });
  const scores = useResource(shop && shopPath(shop, 'scores/summary'), scoresSummaryAnswer, { everyMs: 10_000 });
  const models = useResource(shop && shopPath(shop, 'models'), shopModelsAnswer, { everyMs: 30_000 });
  const rules = useResource(shop && shopPath(shop, 'alert-rules'), alertRulesAnswer, { everyMs: 60_000 });
  const who = useWho();
  const ranked = useRanking(scores);
  const sort: AlertSort | null = view.sort ?? (ranked === null ? null : ranked ? 'value' : 'newest');
  useRooms(shop, sort && marketingQueries(sort));
  const close = (): void => {
    const { alert } = view;
    change({ alert: null });
    // Back to where one came from: the line of the list, if it is still there.
    if (alert !== null) document.querySelector<HTMLElement>(`[data-alert="${CSS.escape(alert)}"]`)?.focus();
  };
  const names = rules.data?.rules ?? [];
  const hasValues = models.data?.kinds.some(({ kind, active }) => kind === 'clv' && active !== null) ?? false;
  const card = shop !== null && view.alert !== null && <AlertCard key={view.alert} {...{ shop, id: view.alert, who, hasValues, close }} />;
  return (
    <div className="marketing">
      <MarketingTitle shop={shop} models={models.data} scores={scores.data} who={who} byValue={ranked === true && sort === 'value'} />
      <div className="column">
        {shop !== null && <AlertsPanel shop={shop} sort={sort ?? 'newest'} rules={names} models={models.data} scores={scores.data} />}
        {shop !== null && <SuppressionsPanel shop={shop} rules={names} />}
      </div>
      <div className="column aside">
        {isWide && card}
        <ScoresPanel scores={scores} />
        {shop !== null && <EffectPanel shop={shop} rules={rules} />}
      </div>
      {!isWide && (
        <AlertDrawer opened={card !== false} close={close}>
          {card}
        </AlertDrawer>
      )}
    </div>
  );
}

/**
 * Whether the page ranks by value, decided by the first summary that is seen: a list that changed its order while somebody reads it
 * would be worse than one that is a little out of date. Null while nothing is known.
 */
function useRanking({ data, trouble }: Resource<ScoresSummaryAnswer>): boolean | null {
  const [ranked, setRanked] = useState<boolean | null>(null);
  const now = data !== null ? ranksByValue(data) : trouble !== null ? false : null;
  if (ranked === null && now !== null) setRanked(now);
  return ranked;
}
