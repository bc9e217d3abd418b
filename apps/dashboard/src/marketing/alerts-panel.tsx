import { alertsAnswer, type AlertItem, type AlertRule, type AlertSort, type ScoresSummaryAnswer, type ShopModelsAnswer } from '#contracts';
import { Button, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { shopPath } from '../data/paths.js';
import { useResource } from '../data/use-resource.js';
import { countText } from '../format/figures.js';
import { shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';
import { Region, TroubleNote } from '../shell/region.js';
import { useView } from '../shell/use-view.js';
import { alertsLimit } from '../view/queries.js';
import { AlertFilters } from './alert-filters.js';
import { AlertsEmpty } from './alerts-empty.js';
import { AlertsList } from './alerts-list.js';
import { useNewcomers } from './use-newcomers.js';

interface Props {
  readonly shop: string;
  readonly sort: AlertSort;
  readonly rules: readonly AlertRule[];
  readonly models: ShopModelsAnswer | null;
  readonly scores: ScoresSummaryAnswer | null;
}

/** So many more with each ask, and at most so many: what the API gives at a time. */
const [step, most] = [100, 500];

/** The list. Open alerts of every rule come by the live room; others by REST, asked again whenever the room moves. */
export function AlertsPanel({ shop, sort, rules, models, scores }: Props) {
  const [view] = useView();
  const { state, rule } = view;
  const asked = `${state} ${rule ?? ''} ${sort}`;
  const [more, setMore] = useState({ asked, limit: alertsLimit });
  const limit = more.asked === asked ? more.limit : alertsLimit;
  const room = useLive((live) => shownOf(live, 'alerts'));
  const byRoom = state === 'open' && rule === null && limit === alertsLimit;
  const rest = useResource(byRoom ? null : shopPath(shop, 'alerts', { state, rule, sort, limit }), alertsAnswer, { moved: room?.seq });
  const alerts: readonly AlertItem[] | null = byRoom ? (room?.data.items ?? null) : (rest.data?.alerts ?? null);
  const newcomers = useNewcomers(`${asked} ${limit}`, alerts && alerts.map(({ alertId }) => alertId));
  const counts = (rule === null ? room?.data.counts : rest.data?.counts) ?? room?.data.counts ?? null;
  const all = counts?.[state] ?? 0;
  return (
    <Region room="alerts" title="Alerts" className="alerts-panel" aside={<Order sort={sort} />}>
      <AlertFilters counts={counts} rules={rules} />
      {rest.trouble && <TroubleNote trouble={rest.trouble} />}
      {alerts === null || room === null ? (
        <Waiting />
      ) : alerts.length === 0 ? (
        <AlertsEmpty models={models} scores={scores} counts={counts} />
      ) : (
        // Another filter is another list, which begins at its top.
        <AlertsList
          key={asked}
          alerts={alerts}
          newcomers={newcomers}
          zone={room.data.timeZone}
          now={room.asOf}
          currency={room.data.currency}
        />
      )}
      {alerts !== null && alerts.length < all && (
        <p className="more">
          The first {countText(alerts.length)} of {countText(all)}.
          {limit < most && (
            <Button size="compact-sm" variant="default" onClick={() => setMore({ asked, limit: Math.min(limit + step, most) })}>
              Show more
            </Button>
          )}
        </p>
      )}
    </Region>
  );
}

function Order({ sort }: { readonly sort: AlertSort }) {
  const [, change] = useView();
  return (
    <label className="order">
      <span>Order</span>
      <select value={sort} data-testid="sort" onChange={(event) => change({ sort: event.currentTarget.value as AlertSort })}>
        <option value="newest">Newest first</option>
        <option value="value">Most at stake first</option>
      </select>
    </label>
  );
}

/** Before the first snapshot, or where it was refused: then the words above say why. */
function Waiting() {
  const trouble = useLive((state) => state.rooms.alerts.trouble);
  if (trouble !== null) return null;
  return Array.from({ length: 6 }, (_, row) => <Skeleton key={row} height={48} mb={8} aria-hidden />);
}
