import { alertAnswer, alertOrderAnswer, type AlertItem, type AlertOrderAnswer } from '#contracts';
import { ActionIcon, Skeleton } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { shopPath } from '../data/paths.js';
import { useResource } from '../data/use-resource.js';
import { takesMarketer, type Who } from '../data/use-who.js';
import { countText, exactMoneyText, moneyText } from '../format/figures.js';
import { instantText } from '../format/times.js';
import { IconX } from '../icons.js';
import { CaseLog } from '../life/case-log.js';
import { Orders } from '../life/orders.js';
import { useOrder, type OrderDesk } from '../life/use-order.js';
import { shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';
import { Fact } from '../shell/fact.js';
import { TroubleNote } from '../shell/region.js';
import { ViewLink } from '../shell/view-link.js';
import { PredictedValue } from './predicted-value.js';
import { Reasons } from './reasons.js';
import { StateIcon } from './state-icon.js';
import { probabilityWords, stateMeans, stateWords } from './words.js';

interface Props {
  readonly shop: string;
  readonly id: string;
  readonly who: Who | null;
  /** Whether the shop has a model that says what its customers will bring. */
  readonly hasValues: boolean;
  readonly close: () => void;
}

const desk: OrderDesk<AlertOrderAnswer, AlertItem> = {
  schema: alertOrderAnswer,
  read: ({ alert, outcome }) => ({ item: alert, decided: outcome === 'done' }),
};

const dayMs = 86_400_000;
const shopClock = {
  words: 'It comes back after, by the shop’s clock:',
  snoozes: [1, 3, 7, 14].map((days) => ({ label: days === 1 ? '1 day' : `${days} days`, ms: days * dayMs })),
  deeds: ['Called', 'Sent a mail', 'Sent a voucher'],
};

/** One alert: why, what is at stake, what happened to it, and what can be done. */
export function AlertCard({ shop, id, who, hasValues, close }: Props) {
  const moved = useLive((state) => shownOf(state, 'alerts')?.seq);
  const found = useResource(shopPath(shop, `alerts/${encodeURIComponent(id)}`), alertAnswer, { moved });
  const [order, say] = useOrder(shopPath(shop, `alerts/${encodeURIComponent(id)}/commands`), desk, found.reload);
  const now = useLive((state) => shownOf(state, 'alerts')?.asOf ?? null);
  const zone = useLive((state) => shownOf(state, 'alerts')?.data.timeZone ?? 'UTC');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  // What a command was answered with may be newer than what was asked for before it.
  const told = order.now === 'done' ? order.item : null;
  const alert = found.data && told && told.movedAt > found.data.alert.movedAt ? told : (found.data?.alert ?? null);
  return (
    <section
      className="panel card"
      aria-labelledby="card-title"
      data-testid="card"
      data-state={alert?.state}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) close();
      }}
    >
      <div className="panel-head">
        <h2 id="card-title" ref={heading} tabIndex={-1} data-autofocus>
          {alert === null ? 'Alert' : `Customer ${alert.customerId}`}
        </h2>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label="Close" title="Close (Escape)" data-testid="close" onClick={close}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </div>
      {found.trouble && <TroubleNote trouble={found.trouble} />}
      {alert === null && found.trouble === null && <Skeleton height={240} aria-hidden />}
      {alert !== null && (
        <>
          <Facts alert={alert} />
          <Orders of={alert} who={who} takes={takesMarketer} clock={{ ...shopClock, now, zone }} order={order} say={say} />
          {hasValues && <PredictedValue shop={shop} customerId={alert.customerId} />}
          <CaseLog log={found.data?.log ?? []} zone={zone} />
        </>
      )}
    </section>
  );
}

function Facts({ alert }: { readonly alert: AlertItem }) {
  const zone = useLive((state) => shownOf(state, 'alerts')?.data.timeZone ?? 'UTC');
  const currency = useLive((state) => shownOf(state, 'alerts')?.data.currency ?? 'XXX');
  const { state, probability, reasons, netValueAtStake, orders, openedAt, expiresAt, snoozedUntil, assignee, acted, rated } = alert;
  const isOver = state === 'recovered' || state === 'expired';
  return (
    <>
      <p className="state" title={stateMeans[state]} data-testid="card-state">
        <StateIcon state={state} />
        <strong>{stateWords[state]}</strong>
        <span>{stateMeans[state]}</span>
      </p>
      <p className="chance" data-testid="card-probability">
        {probabilityWords(probability)}
      </p>
      <p className="note">As it was scored when the alert was opened.</p>
      <h3>Why</h3>
      <Reasons reasons={reasons} />
      <dl className="facts">
        <Fact name="Net value at stake" title={exactMoneyText(netValueAtStake, currency)} note="net sales of the 365 days before">
          {moneyText(netValueAtStake, currency)}
        </Fact>
        <Fact name="Orders">{countText(orders)}</Fact>
        <Fact name="Since">{instantText(openedAt, zone)}</Fact>
        {!isOver && <Fact name="Expires">{instantText(expiresAt, zone)}</Fact>}
        {snoozedUntil !== null && <Fact name="Snoozed until">{instantText(snoozedUntil, zone)}</Fact>}
        {assignee !== null && <Fact name="Assigned to">{assignee}</Fact>}
        {acted !== null && <Fact name="Done">{`${acted.action} (${acted.by})`}</Fact>}
        {rated !== null && <Fact name="Rated">{`${rated.useful ? 'Useful' : 'Not useful'} (${rated.by})`}</Fact>}
        <Fact name="Rule">{`${alert.rule}, revision ${alert.ruleRevision}`}</Fact>
        <Fact name="Model">
          <ViewLink to={{ page: 'model', version: alert.model }}>{alert.model}</ViewLink>
        </Fact>
      </dl>
    </>
  );
}
