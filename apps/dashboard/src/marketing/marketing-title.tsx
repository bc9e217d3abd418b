import type { ScoresSummaryAnswer, ShopModelsAnswer } from '#contracts';
import { takesMarketer, type Who } from '../data/use-who.js';
import { percentText } from '../format/figures.js';
import { IconInfoCircle, IconHistory, IconLock, IconSortDescending } from '../icons.js';
import { isHistoryComing, shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';
import { Remark, WithCommands } from '../shell/remark.js';

interface Props {
  readonly shop: string | null;
  readonly models: ShopModelsAnswer | null;
  readonly scores: ScoresSummaryAnswer | null;
  readonly who: Who | null;
  /** The page ranks by value of its own accord. */
  readonly byValue: boolean;
}

/** What one has to know before one reads the list. */
export function MarketingTitle({ shop, models, scores, who, byValue }: Props) {
  const isComing = useLive(isHistoryComing);
  const zone = useLive((state) => shownOf(state, 'alerts')?.data.timeZone ?? null);
  const missing = models?.kinds.find(({ kind }) => kind === 'churn')?.words ?? null;
  const high = scores?.bands.find(({ band }) => band === 'high')?.customers ?? 0;
  return (
    <section className="headline" aria-labelledby="title">
      <div className="title">
        <h1 id="title">Marketing</h1>
        <p>Customers who are likely to be gone{zone !== null && <span className="against">times in {zone}</span>}</p>
      </div>
      {missing !== null && shop !== null && (
        <Remark icon={IconInfoCircle} testid="no-model">
          <WithCommands words={missing} />
        </Remark>
      )}
      {isComing && (
        <Remark icon={IconHistory} testid="history-coming">
          The history is still coming in. What is decided meanwhile is recorded as muted: nobody is told of what lies in the past.
        </Remark>
      )}
      {byValue && scores && (
        <Remark icon={IconSortDescending} testid="by-value">
          {percentText(high / scores.customers)} of the customers are above 70%: with so many, who is likely to be gone says little. The
          list ranks by what is at stake.
        </Remark>
      )}
      {who && !takesMarketer.may(who) && (
        <Remark icon={IconLock} testid="read-only">
          You are signed in as {who.name}, {who.role}: you can read here. To acknowledge or act takes the role marketer, which an admin
          gives in the users file.
        </Remark>
      )}
    </section>
  );
}
