import { Skeleton } from '@mantine/core';
import { paceText } from '../format/figures.js';
import { shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';

/** How fast orders come, on both clocks: the shop's may run faster than the wall's. */
export function Pace() {
  const snapshot = useLive((state) => shownOf(state, 'headline'));
  const speed = useLive((state) => shownOf(state, 'pipeline')?.data.clock.speed ?? null);
  const pace = snapshot?.data.pace;
  return (
    <section className="panel pace" aria-label="Pace">
      <div className="panel-head">
        <h2>Pace</h2>
      </div>
      <dl>
        <div>
          <dt>Orders per shop hour</dt>
          <dd data-testid="pace-shop-hour">{pace ? paceText(pace.ordersPerShopHour) : <Skeleton height={24} width={48} />}</dd>
        </div>
        <div>
          <dt>Orders per real minute</dt>
          <dd data-testid="pace-real-minute">{pace ? paceText(pace.ordersPerRealMinute) : <Skeleton height={24} width={48} />}</dd>
        </div>
      </dl>
      <p className="freshness">
        {speed !== null && speed !== 1
          ? `The last full hour of the shop, and the last 60 seconds: ${paceText(speed / 60)} shop hours`
          : 'The last full hour of the shop, and the last 60 seconds'}
      </p>
    </section>
  );
}
