import type { AlertItem, AlertOrder } from '#contracts';
import { Button, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import type { Takes, Who } from '../data/use-who.js';
import { IconAlertTriangle, IconChecks, IconClockPause, IconEye, IconMessage, IconThumbDown, IconThumbUp, IconUserPlus } from '../icons.js';
import type { Icon } from '../icons.js';
import { OrderForm, type CaseClock, type FormName } from './order-form.js';
import type { OrderState } from './use-order.js';
import { withTimes } from './words.js';

/** What is somebody's until it is over: an alert, an alarm. */
export interface Case {
  readonly state: AlertItem['state'];
  readonly movedAt: string;
  readonly rated: AlertItem['rated'];
  /** null: it has as long as it takes. */
  readonly expiresAt: string | null;
}

interface Props {
  readonly of: Case;
  readonly who: Who | null;
  readonly takes: Takes;
  readonly clock: CaseClock;
  readonly order: OrderState<unknown>;
  readonly say: (order: AlertOrder) => void;
}

interface Choice {
  readonly command: AlertOrder['command'];
  readonly label: string;
  readonly icon: Icon;
  /** States in which it makes sense; the server has the last word. */
  readonly when: readonly AlertItem['state'][];
}

const live = ['open', 'acknowledged', 'acted'] as const;
const choices: readonly Choice[] = [
  { command: 'acknowledge', label: 'Acknowledge', icon: IconEye, when: ['open'] },
  { command: 'assign', label: 'Assign', icon: IconUserPlus, when: live },
  { command: 'snooze', label: 'Snooze', icon: IconClockPause, when: ['open', 'acknowledged'] },
  { command: 'act', label: 'Act', icon: IconChecks, when: ['open', 'acknowledged'] },
  { command: 'comment', label: 'Comment', icon: IconMessage, when: [...live, 'recovered', 'expired'] },
];

const sending: Readonly<Record<AlertOrder['command'], string>> = {
  acknowledge: 'Acknowledging',
  assign: 'Assigning',
  comment: 'Commenting',
  snooze: 'Snoozing',
  act: 'Recording what was done',
  rate: 'Rating',
};

/** What can be done about it, and what became of the last thing that was. */
export function Orders({ of, who, takes, clock, order, say }: Props) {
  const [form, setForm] = useState<FormName | null>(null);
  const may = who !== null && takes.may(who);
  const isSent = order.now === 'sent';
  const send = (said: AlertOrder): void => {
    setForm(null);
    say(said);
  };
  const rate = (useful: boolean, label: string, Shape: Icon) => (
    <Button
      variant={of.rated?.useful === useful ? 'light' : 'default'}
      size="xs"
      disabled={!may || isSent}
      aria-pressed={of.rated?.useful === useful}
      leftSection={<Shape size={14} aria-hidden />}
      onClick={() => send({ command: 'rate', useful })}
    >
      {label}
    </Button>
  );
  return (
    <div className="commands">
      <h3>What to do</h3>
      <div className="buttons" role="group" aria-label="What to do">
        {choices
          .filter(({ when }) => when.includes(of.state))
          .map(({ command: name, label, icon: Shape }) => (
            <Button
              key={name}
              className={name === 'acknowledge' ? 'filled' : ''}
              variant={name === 'acknowledge' ? 'filled' : 'default'}
              size="xs"
              disabled={!may || isSent}
              loading={isSent && order.command === name}
              leftSection={<Shape size={14} aria-hidden />}
              data-testid={`do-${name}`}
              {...(name === 'acknowledge' || name === 'rate' ? {} : { 'aria-expanded': form === name })}
              onClick={() => {
                if (name === 'acknowledge') send({ command: name });
                else if (name !== 'rate') setForm(form === name ? null : name);
              }}
            >
              {label}
            </Button>
          ))}
      </div>
      {form !== null && may && (
        <OrderForm key={form} form={form} expiresAt={of.expiresAt} clock={clock} who={who} send={send} cancel={() => setForm(null)} />
      )}
      <div className="buttons" role="group" aria-label="Was it useful">
        {rate(true, 'Useful', IconThumbUp)}
        {rate(false, 'Not useful', IconThumbDown)}
      </div>
      {who !== null && !may && (
        <p className="note" data-testid="why-not">
          To do any of this takes the role {takes.role}; you are {who.role}.
        </p>
      )}
      <Outcome order={order} movedAt={of.movedAt} zone={clock.zone} />
    </div>
  );
}

/** Spoken as it changes: somebody who cannot see the button must learn what became of it. */
function Outcome({ order, movedAt, zone }: { readonly order: OrderState<unknown>; readonly movedAt: string; readonly zone: string }) {
  return (
    <div role="status" className="outcome" data-testid="outcome" data-now={order.now}>
      {order.now === 'sent' && <p className="note">{sending[order.command]} …</p>}
      {order.now === 'pending' && order.movedAt === movedAt && (
        <p className="note">Said, and not decided yet: it shows here as soon as it is.</p>
      )}
      {order.now === 'done' && <VisuallyHidden>Done.</VisuallyHidden>}
      {order.now === 'refused' && (
        <p className="refusal">
          <IconAlertTriangle size={16} aria-hidden />
          <span>
            {withTimes(order.trouble.detail, zone)} <span className="code">{order.trouble.code}</span>
          </span>
        </p>
      )}
    </div>
  );
}
