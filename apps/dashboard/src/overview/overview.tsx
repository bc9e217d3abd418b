import { IconCalendarOff, IconHistory } from '../icons.js';
import { isEmpty } from '../format/figures.js';
import { spanText, zoneText } from '../format/times.js';
import { isHistoryComing, shownOf } from '../live/live.state.js';
import { useLive, useRooms } from '../live/use-live.js';
import { useView } from '../shell/use-view.js';
import { overviewQueries } from '../view/queries.js';
import { Feed } from './feed.js';
import { Pace } from './pace.js';
import { PipelineStrip } from './pipeline-strip.js';
import { Freshness, TroubleNote } from '../shell/region.js';
import { Revenue } from './revenue.js';
import { Tiles } from './tiles.js';

/** How the shop does. @param shop null: not known yet which one */
export function Overview({ shop }: { readonly shop: string | null }) {
  const [view] = useView();
  useRooms(shop, overviewQueries(view));
  return (
    <div className="overview">
      <section className="headline" aria-labelledby="title" data-testid="region-headline">
        <Title />
        <Tiles />
      </section>
      <PipelineStrip />
      <Pace />
      <Revenue />
      <Feed />
    </div>
  );
}

function Title() {
  const snapshot = useLive((state) => shownOf(state, 'headline'));
  const trouble = useLive((state) => state.rooms.headline.trouble);
  const isComing = useLive(isHistoryComing);
  const data = snapshot?.data;
  // A span without a beginning is that of a shop to which nothing ever came.
  const isNew = data?.from === null;
  return (
    <>
      <div className="title">
        <h1 id="title">Overview</h1>
        <p data-testid="span">
          {data ? `${spanText(data.from, data.to, data.timeZone)}, ${zoneText(data.timeZone)}` : 'Loading the figures'}
          {data?.previous && <span className="against">against {spanText(data.previous.from, data.previous.to, data.timeZone)}</span>}
        </p>
        <Freshness room="headline" />
      </div>
      {trouble && <TroubleNote trouble={trouble} />}
      {isComing && (
        <p className="remark" data-testid="history-coming">
          <IconHistory size={16} aria-hidden />
          The history is still coming in: until the shop’s clock starts, every period shows all that has come so far.
        </p>
      )}
      {data && isEmpty(data.figures) && !isComing && (
        <p className="remark" data-testid="empty-period">
          <IconCalendarOff size={16} aria-hidden />
          {isNew
            ? 'Nothing has been sold or returned yet.'
            : 'Nothing was sold or returned in this period. Choose a longer one to see figures.'}
        </p>
      )}
    </>
  );
}
