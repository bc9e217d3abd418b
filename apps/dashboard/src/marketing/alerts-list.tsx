import type { AlertItem } from '#contracts';
import { Button, VisuallyHidden } from '@mantine/core';
import { memo } from 'react';
import { exactMoneyText, moneyText, percentText } from '../format/figures.js';
import { feedTimeText, instantText } from '../format/times.js';
import { IconArrowUp, IconClockPause, IconUser } from '../icons.js';
import { useView } from '../shell/use-view.js';
import { ViewLink } from '../shell/view-link.js';
import type { Newcomers } from './use-newcomers.js';
import { useStillScroll } from './use-still-scroll.js';
import { firstReason, probabilityWords } from './words.js';

interface Props {
  readonly alerts: readonly AlertItem[];
  readonly newcomers: Newcomers;
  readonly zone: string;
  /** The shop's now. */
  readonly now: string | null;
  readonly currency: string;
}

/** Alerts, one link each. New ones come in above what is being read, and say so. */
export function AlertsList({ alerts, newcomers: { fresh, seen }, zone, now, currency }: Props) {
  const [view] = useView();
  const { box, above, toTop } = useStillScroll(alerts);
  const hidden = fresh.size > 0 && above;
  return (
    <div className="alerts">
      {hidden && (
        <Button
          className="above"
          size="compact-sm"
          leftSection={<IconArrowUp size={14} aria-hidden />}
          data-testid="new-above"
          onClick={toTop}
        >
          {fresh.size === 1 ? '1 new alert above' : `${fresh.size} new alerts above`}
        </Button>
      )}
      {/* Said, not shown: the list itself shows it. */}
      <VisuallyHidden role="status">{fresh.size === 0 ? '' : fresh.size === 1 ? '1 new alert' : `${fresh.size} new alerts`}</VisuallyHidden>
      <div className="alerts-scroll" ref={box} tabIndex={0} role="group" aria-label="Alerts">
        <ol data-testid="alerts">
          {alerts.map((alert) => (
            <Line
              key={alert.alertId}
              alert={alert}
              isNew={fresh.has(alert.alertId)}
              isOpen={view.alert === alert.alertId}
              seen={seen}
              {...{ zone, currency }}
              now={hourOf(now)}
            />
          ))}
        </ol>
      </div>
    </div>
  );
}

/** A line draws anew when the hour moves, not with every snapshot. */
function hourOf(now: string | null): string | null {
  return now === null ? null : `${now.slice(0, 13)}:00:00Z`;
}

interface LineProps {
  readonly alert: AlertItem;
  readonly isNew: boolean;
  readonly isOpen: boolean;
  readonly seen: (id: string) => void;
  readonly zone: string;
  readonly now: string | null;
  readonly currency: string;
}

const Line = memo(AlertLine, (a, b) => {
  const same = a.isNew === b.isNew && a.isOpen === b.isOpen && a.zone === b.zone && a.now === b.now && a.currency === b.currency;
  return same && a.alert.alertId === b.alert.alertId && a.alert.movedAt === b.alert.movedAt && a.alert.state === b.alert.state;
});

function AlertLine({ alert, isNew, isOpen, seen, zone, now, currency }: LineProps) {
  const { alertId, customerId, probability, netValueAtStake, openedAt, assignee, snoozedUntil, state } = alert;
  return (
    <li data-testid="alert" data-id={alertId} data-state={state} data-new={isNew || undefined}>
      <ViewLink to={{ alert: alertId }} data-alert={alertId} aria-current={isOpen ? 'true' : undefined} onFocus={() => seen(alertId)}>
        <span className="who">
          {isNew && <span className="new">New</span>}
          <span className="customer">{customerId}</span>
        </span>
        <span className="chance" title={probabilityWords(probability)}>
          {percentText(probability)}
          <VisuallyHidden> probability of no order,</VisuallyHidden>
        </span>
        <span className="amount" title={`Net value at stake: ${exactMoneyText(netValueAtStake, currency)}`}>
          {moneyText(netValueAtStake, currency)}
          <VisuallyHidden> at stake,</VisuallyHidden>
        </span>
        <span className="reason">{firstReason(alert)}</span>
        <span className="hands">
          {snoozedUntil !== null && (
            <span title={`Snoozed until ${instantText(snoozedUntil, zone)}`}>
              <IconClockPause size={14} aria-hidden />
              <VisuallyHidden>snoozed</VisuallyHidden>
            </span>
          )}
          {assignee !== null && (
            <span className="assignee" title={`Assigned to ${assignee}`}>
              <IconUser size={14} aria-hidden />
              {assignee}
            </span>
          )}
        </span>
        <time dateTime={openedAt} title={`Since ${instantText(openedAt, zone)} by the shop's clock`}>
          {feedTimeText(openedAt, zone, now)}
        </time>
      </ViewLink>
    </li>
  );
}
