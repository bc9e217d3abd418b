import { effectAnswer, type AlertRule, type AlertRulesAnswer, type EffectAnswer } from '#contracts';
import { Skeleton } from '@mantine/core';
import type { CSSProperties } from 'react';
import { shopPath } from '../data/paths.js';
import { useResource, type Resource } from '../data/use-resource.js';
import { countText, moneyText, percentText } from '../format/figures.js';
import { shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';
import { Panel, TroubleNote } from '../shell/region.js';

/** What each rule's alerts bring, against the customers that are left alone on purpose. */
export function EffectPanel({ shop, rules }: { readonly shop: string; readonly rules: Resource<AlertRulesAnswer> }) {
  return (
    <Panel name="effect" title="Effect of alerts" trouble={rules.trouble}>
      {rules.data?.rules.map((rule) => <Effect key={rule.id} shop={shop} rule={rule} />) ??
        (rules.trouble === null && <Skeleton height={80} aria-hidden />)}
    </Panel>
  );
}

function Effect({ shop, rule }: { readonly shop: string; readonly rule: AlertRule }) {
  const { data, trouble } = useResource(shopPath(shop, `alert-rules/${rule.id}/effect`), effectAnswer, { everyMs: 60_000 });
  return (
    <article className="effect" data-testid={`effect-${rule.id}`} data-known={data?.known}>
      <h3>
        {rule.name} <span className="code">{rule.on ? rule.id : `${rule.id}, switched off`}</span>
      </h3>
      {trouble && <TroubleNote trouble={trouble} />}
      {data === null && trouble === null && <Skeleton height={56} aria-hidden />}
      {data?.known === false && (
        <>
          <p className="lead">
            <strong>Not yet known.</strong>
          </p>
          <p className="note">{data.detail.replace(/^Not yet known: (.)/, (_, first: string) => first.toUpperCase())}</p>
        </>
      )}
      {data?.known === true && <Known effect={data} />}
      {data && (
        <p className="freshness">
          <span>{countText(data.treated.customers)} with an alert</span>
          <span>
            {countText(data.holdout.customers)} left alone ({percentText(rule.holdout)} are)
          </span>
        </p>
      )}
    </article>
  );
}

function Known({ effect }: { readonly effect: EffectAnswer }) {
  const currency = useLive((state) => shownOf(state, 'alerts')?.data.currency ?? null);
  const { perCustomer, total } = effect;
  if (perCustomer === null || total === null || currency === null) return <p className="note">{effect.detail}</p>;
  const money = (amount: string): string => moneyText(amount, currency);
  return (
    <>
      <p className="lead">
        <strong>
          {money(perCustomer.low)} to {money(perCustomer.high)}
        </strong>{' '}
        net sales per customer in {effect.windowDays} days, with 95% confidence
      </p>
      <Interval {...perCustomer} />
      <p className="note">
        {effect.detail.split(':')[0]}. Of all who got one: {money(total.low)} to {money(total.high)}.
      </p>
    </>
  );
}

/** The interval as a picture, zero in it; drawn from floats, the words have the digits. */
function Interval({ difference, low, high }: { readonly difference: string; readonly low: string; readonly high: string }) {
  const [mid, from, to] = [difference, low, high].map(Number) as [number, number, number];
  const [least, most] = [Math.min(from, 0), Math.max(to, 0)];
  const at = (value: number): string => `${(100 * (value - least)) / (most - least || 1)}%`;
  const style = { '--from': at(from), '--to': at(to), '--mid': at(mid), '--zero': at(0) } as CSSProperties;
  return <div className="interval" style={style} aria-hidden data-tone={from > 0 ? 'good' : to < 0 ? 'bad' : 'plain'} />;
}
