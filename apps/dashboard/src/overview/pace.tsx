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
          <dd className="note">its last full hour</dd>
        </div>
        <div>
          <dt>Orders per real minute</dt>
          <dd data-testid="pace-real-minute">{pace ? paceText(pace.ordersPerRealMinute) : <Skeleton height={24} width={48} />}</dd>
          <dd className="note">
            {speed === null || speed === 1 ? 'the last 60 seconds' : `the last minute: ${paceText(speed / 60)} shop hours`}
          </dd>
        </div>
      </dl>
    </section>
  );
}
