import { customerValueAnswer } from '#contracts';
import { Skeleton } from '@mantine/core';
import { shopPath } from '../data/paths.js';
import { useResource } from '../data/use-resource.js';
import { exactMoneyText, moneyText } from '../format/figures.js';
import { Fact } from '../shell/fact.js';
import { TroubleNote } from '../shell/region.js';
import { Reasons } from './reasons.js';

/** As many as one takes in beside those of the alert. */
const mostReasons = 3;

/** What a customer is expected to bring, asked for as the card opens: of a shop that has a model of value. */
export function PredictedValue({ shop, customerId }: { readonly shop: string; readonly customerId: string }) {
  const { data, trouble } = useResource(shopPath(shop, `customers/${encodeURIComponent(customerId)}/value`), customerValueAnswer);
  return (
    <section data-testid="card-value" aria-label="What is expected of the customer">
      {trouble && <TroubleNote trouble={trouble} />}
      {data === null && trouble === null && <Skeleton height={64} aria-hidden />}
      {data && (
        <>
          <dl className="facts">
            <Fact name="Expected net sales" title={exactMoneyText(data.value, data.currency)} note={noteOf(data)}>
              {moneyText(data.value, data.currency)}
            </Fact>
          </dl>
          <Reasons reasons={data.reasons.slice(0, mostReasons)} />
        </>
      )}
    </section>
  );
}

/** How long, and how sure: a year that was never seen is called a projection. */
function noteOf({ horizonDays, words }: { readonly horizonDays: number; readonly words: string }): string {
  return `in the next ${horizonDays} days; ${words}`;
}
